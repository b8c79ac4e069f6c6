"""What is behind ``winapi.Windows`` on a real computer? (iphlpapi.dll, dnsapi.dll, crypt32.dll, registry, services)"""

import contextlib
import ctypes
import ipaddress
import os
import shutil
import uuid
from collections.abc import Callable, Collection, Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import psutil

from wgtray.core.fields import Address, Interface, Prefix
from wgtray.platforms import command
from wgtray.platforms.windows import native_policies, native_trust, native_wfp
from wgtray.platforms.windows.library import Library
from wgtray.platforms.windows.peer import os_error
from wgtray.platforms.windows.winapi import Filter, Link, OnLink, Policy, Registry, RouteRow, SeenWall, Service
from wgtray.platforms.windows.winapi_types import (
    DATA_BLOB,
    IP_ADAPTER_ADDRESSES,
    MIB_IF_ROW2,
    MIB_IF_TABLE2,
    MIB_IPFORWARD_ROW2,
    MIB_IPFORWARD_TABLE2,
    MIB_IPINTERFACE_ROW,
    MIB_UNICASTIPADDRESS_ROW,
    MIB_UNICASTIPADDRESS_TABLE,
    SOCKADDR_INET,
    wide,
)

PROFILES: Final = r"SOFTWARE\Microsoft\Windows NT\CurrentVersion\ProfileList"

# ws2def.h, nldef.h, ifdef.h, iptypes.h, winerror.h
_AF_UNSPEC, _AF_INET, _AF_INET6 = 0, 2, 23
_NETMGMT = 3  # MIB_IPPROTO_NETMGMT: made by a program, not by Windows itself
_UP = 1  # IfOperStatusUp
_SKIP = 0x1 | 0x2 | 0x4  # GAA_FLAG_SKIP_UNICAST, _ANYCAST, _MULTICAST
_OVERFLOW, _NOT_FOUND, _FILE_NOT_FOUND, _OBJECT_EXISTS, _NO_DATA = 111, 1168, 2, 5010, 232
_UI_FORBIDDEN = 0x1
_INVALID_NAME = 123
_SERVICE_MISSING = 1060


class NativeWindows:
    """This computer."""

    def __init__(self) -> None:
        library: Any = ctypes
        self._ip = Library("iphlpapi")
        self._policies = native_policies.Policies()
        self._callback = library.WINFUNCTYPE(None, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int)

    def link(self, alias: str) -> Link | None:
        luid, name = ctypes.c_uint64(), wide(alias)
        if self._ip.ConvertInterfaceAliasToLuid(ctypes.byref(name), ctypes.byref(luid)):
            return None
        row = MIB_IF_ROW2()
        row.InterfaceLuid = luid.value
        return None if self._ip.GetIfEntry2(ctypes.byref(row)) else _link(row)

    def links(self) -> Sequence[Link]:
        with self._table("GetIfTable2", MIB_IF_TABLE2, MIB_IF_ROW2) as rows:
            return [_link(row) for row in rows]

    def addresses(self) -> Sequence[OnLink]:
        with self._table("GetUnicastIpAddressTable", MIB_UNICASTIPADDRESS_TABLE, MIB_UNICASTIPADDRESS_ROW) as rows:
            return [
                OnLink(row.InterfaceLuid, Interface(f"{_address(row.Address)}/{row.OnLinkPrefixLength}"))
                for row in rows
            ]

    def mtu(self, luid: int) -> int | None:
        for family in (_AF_INET, _AF_INET6):
            row = MIB_IPINTERFACE_ROW()
            self._ip.InitializeIpInterfaceEntry(ctypes.byref(row))
            row.Family, row.InterfaceLuid = family, luid
            if not self._ip.GetIpInterfaceEntry(ctypes.byref(row)):
                return int(row.NlMtu)
        return None

    def routes(self) -> Sequence[RouteRow]:
        with self._table("GetIpForwardTable2", MIB_IPFORWARD_TABLE2, MIB_IPFORWARD_ROW2) as rows:
            return [_route(row) for row in rows]

    def add_route(self, row: RouteRow) -> None:
        built = self._row(row)
        _said(self._ip.CreateIpForwardEntry2(ctypes.byref(built)), f"adding the route {row.prefix}", (_OBJECT_EXISTS,))

    def delete_route(self, row: RouteRow) -> None:
        built = self._row(row)
        fine = (_NOT_FOUND, _FILE_NOT_FOUND)  # its interface may have gone with it
        _said(self._ip.DeleteIpForwardEntry2(ctypes.byref(built)), f"removing the route {row.prefix}", fine)

    def name_servers(self) -> Sequence[tuple[int, Address]]:
        size = ctypes.c_uint32(32 * 1024)
        for _ in range(3):
            room = ctypes.create_string_buffer(size.value)
            code = self._ip.GetAdaptersAddresses(_AF_UNSPEC, _SKIP, None, room, ctypes.byref(size))
            if code != _OVERFLOW:
                break
        if code == _NO_DATA:
            return []
        _said(code, "listing adapters")
        return list(_servers(ctypes.cast(room, ctypes.POINTER(IP_ADAPTER_ADDRESSES))))

    def wall(self) -> SeenWall | None:
        return native_wfp.seen()

    def put_wall(self, text: bytes | None, gained: Collection[Filter], lost: Collection[uuid.UUID]) -> None:
        native_wfp.put(text, gained, lost)

    def drop_wall(self) -> None:
        native_wfp.drop()

    def put_policies(self, policies: Collection[Policy]) -> None:
        self._policies.put(policies)

    def read_key(self, path: str) -> Registry | None:
        registry = _registry()
        try:
            with registry.OpenKey(registry.HKEY_LOCAL_MACHINE, path, 0, _read_access(registry)) as key:
                found = [registry.EnumValue(key, place) for place in range(registry.QueryInfoKey(key)[1])]
        except FileNotFoundError:
            return None
        return {name: tuple(value) if isinstance(value, list) else value for name, value, _ in found}

    def subkeys(self, path: str) -> Sequence[str]:
        registry = _registry()
        try:
            with registry.OpenKey(registry.HKEY_LOCAL_MACHINE, path, 0, _read_access(registry)) as key:
                return [registry.EnumKey(key, place) for place in range(registry.QueryInfoKey(key)[0])]
        except FileNotFoundError:
            return []

    def write_key(self, path: str, values: Registry) -> None:
        registry = _registry()
        kinds = {str: registry.REG_SZ, int: registry.REG_DWORD, tuple: registry.REG_MULTI_SZ}
        access = registry.KEY_WRITE | registry.KEY_WOW64_64KEY
        with registry.CreateKeyEx(registry.HKEY_LOCAL_MACHINE, path, 0, access) as key:
            for name, value in values.items():
                shown = list(value) if isinstance(value, tuple) else value
                registry.SetValueEx(key, name, 0, kinds[type(value)], shown)

    def delete_key(self, path: str) -> None:
        registry = _registry()
        with contextlib.suppress(FileNotFoundError):
            registry.DeleteKeyEx(registry.HKEY_LOCAL_MACHINE, path, registry.KEY_WOW64_64KEY, 0)

    def flush_names(self) -> None:
        import pywintypes
        import win32service

        with contextlib.suppress(OSError):
            Library("dnsapi").DnsFlushResolverCache()
        with contextlib.suppress(pywintypes.error), _service("Dnscache", 0x0040 | 0x0080) as found:
            # SERVICE_CONTROL_PARAMCHANGE: it reads its table of rules anew
            win32service.ControlService(found, 6)

    def service(self, name: str) -> Service | None:
        import pywintypes
        import win32service

        try:
            with _service(name, win32service.SERVICE_QUERY_STATUS | win32service.SERVICE_QUERY_CONFIG) as found:
                state = win32service.QueryServiceStatus(found)[1]
                start = win32service.QueryServiceConfig(found)[1]
        except pywintypes.error as error:
            if error.winerror in (_SERVICE_MISSING, _INVALID_NAME):
                return None
            raise os_error(error) from error
        return Service(state == win32service.SERVICE_RUNNING, start == win32service.SERVICE_AUTO_START)

    def start_on_demand(self, name: str) -> None:
        import pywintypes
        import win32service

        keep = win32service.SERVICE_NO_CHANGE
        try:
            with _service(name, win32service.SERVICE_CHANGE_CONFIG) as found:
                demand = win32service.SERVICE_DEMAND_START
                win32service.ChangeServiceConfig(found, keep, demand, keep, None, None, 0, None, None, None, None)
        except pywintypes.error as error:
            raise os_error(error) from error

    async def run(self, program: str, arguments: Sequence[str], timeout_s: float = command.TIMEOUT_S) -> str:
        return await command.run_at(program, arguments, timeout_s)

    def signer(self, path: str) -> str | None:
        return native_trust.signer(path)

    def sealed(self, plain: bytes, name: str) -> bytes:
        library: Any = ctypes
        content, description = ctypes.create_string_buffer(plain, len(plain)), wide(name)
        given, taken = DATA_BLOB(len(plain), ctypes.addressof(content)), DATA_BLOB()
        done = Library("crypt32").CryptProtectData(
            ctypes.byref(given), ctypes.byref(description), None, None, None, _UI_FORBIDDEN, ctypes.byref(taken)
        )
        ctypes.memset(content, 0, len(plain))
        if not done:
            raise OSError(0, "Windows could not encrypt the tunnel's file", None, library.get_last_error())
        try:
            return ctypes.string_at(taken.pbData, taken.cbData)
        finally:
            Library("kernel32").LocalFree(ctypes.c_void_p(taken.pbData))

    def write_private(self, path: str, content: bytes) -> None:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(path)
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
        with os.fdopen(os.open(path, flags, 0o600), "wb") as file:
            file.write(content)

    def remove(self, path: str) -> None:
        Path(path).unlink(missing_ok=True)

    def exists(self, path: str) -> bool:
        return os.path.isfile(path)

    def listed(self, folder: str) -> Sequence[str]:
        try:
            return [entry.name for entry in os.scandir(folder) if entry.is_file()]
        except (FileNotFoundError, NotADirectoryError):
            return []

    def copy(self, source: str, target: str) -> None:
        shutil.copyfile(source, target)

    def users(self) -> Sequence[str]:
        return [sid for sid in self.subkeys(PROFILES) if sid.startswith(("S-1-5-21-", "S-1-12-"))]

    def remotes(self) -> Collection[Address]:
        return {Address(one.raddr.ip) for one in psutil.net_connections("inet") if one.raddr}

    def watch(self, changed: Callable[[], None]) -> Callable[[], None]:
        def said(context: object, row: object, kind: int) -> None:
            changed()

        callback = self._callback(said)  # must live as long as Windows may call it
        handles: list[ctypes.c_void_p] = []
        for name in ("NotifyIpInterfaceChange", "NotifyUnicastIpAddressChange", "NotifyRouteChange2"):
            handle = ctypes.c_void_p()
            code = getattr(self._ip, name)(_AF_UNSPEC, callback, None, False, ctypes.byref(handle))
            _said(code, "watching the network")
            handles.append(handle)

        def stop() -> None:
            for handle in handles:
                self._ip.CancelMibChangeNotify2(handle)
            self._kept = callback  # until none of them can be under way any more

        return stop

    def _row(self, row: RouteRow) -> MIB_IPFORWARD_ROW2:
        built = MIB_IPFORWARD_ROW2()
        self._ip.InitializeIpForwardEntry(ctypes.byref(built))
        network = ipaddress.ip_network(row.prefix)
        built.InterfaceLuid = row.luid
        built.DestinationPrefix.Prefix = sockaddr(str(network.network_address))
        built.DestinationPrefix.PrefixLength = network.prefixlen
        built.NextHop = sockaddr(row.gateway or ("0.0.0.0" if network.version == 4 else "::"))  # noqa: S104 - no gateway
        built.Metric, built.Protocol = row.metric, _NETMGMT
        return built

    @contextlib.contextmanager
    def _table(self, call: str, kind: type[Any], row: type[Any]) -> Iterator[Sequence[Any]]:
        """The rows of a table that Windows makes for us."""
        found = ctypes.POINTER(kind)()
        arguments = [ctypes.byref(found)] if call == "GetIfTable2" else [_AF_UNSPEC, ctypes.byref(found)]
        _said(getattr(self._ip, call)(*arguments), call)
        try:
            yield rows_of(found.contents, row)
        finally:
            self._ip.FreeMibTable(found)


def rows_of(table: Any, row: type[Any]) -> Sequence[Any]:  # noqa: ANN401 - any of the MIB tables
    """The rows of a table, which is declared with one."""
    whole = row * table.NumEntries
    return list(whole.from_address(ctypes.addressof(table) + type(table).Table.offset))


def sockaddr(address: str) -> SOCKADDR_INET:
    """The address as Windows takes it."""
    found, ip = SOCKADDR_INET(), ipaddress.ip_address(address)
    if isinstance(ip, ipaddress.IPv4Address):
        found.Ipv4.sin_family = _AF_INET
        found.Ipv4.sin_addr[:] = list(ip.packed)
    else:
        found.Ipv6.sin6_family = _AF_INET6
        found.Ipv6.sin6_addr[:] = list(ip.packed)
    return found


def _address(found: SOCKADDR_INET) -> str:
    if found.si_family == _AF_INET6:
        return str(ipaddress.IPv6Address(bytes(found.Ipv6.sin6_addr)))
    return str(ipaddress.IPv4Address(bytes(found.Ipv4.sin_addr)))


def _link(row: MIB_IF_ROW2) -> Link:
    alias = "".join(map(chr, row.Alias)).partition("\0")[0]
    return Link(
        luid=row.InterfaceLuid,
        index=row.InterfaceIndex,
        alias=alias,
        up=row.OperStatus == _UP,
        guid=f"{{{uuid.UUID(bytes_le=bytes(row.InterfaceGuid))}}}",
        rx_bytes=row.InOctets,
        tx_bytes=row.OutOctets,
        rx_packets=row.InUcastPkts,
        tx_packets=row.OutUcastPkts,
    )


def _route(row: MIB_IPFORWARD_ROW2) -> RouteRow:
    gateway = _address(row.NextHop)
    prefix = Prefix(f"{_address(row.DestinationPrefix.Prefix)}/{row.DestinationPrefix.PrefixLength}")
    given = None if gateway in ("0.0.0.0", "::") else Address(gateway)  # noqa: S104 - none
    return RouteRow(row.InterfaceLuid, prefix, given, row.Metric, row.Protocol == _NETMGMT)


def _servers(first: Any) -> Iterator[tuple[int, Address]]:  # noqa: ANN401 - a pointer of ctypes
    adapter = first
    while adapter:
        server = adapter.contents.FirstDnsServerAddress
        while server and adapter.contents.OperStatus == _UP:
            yield adapter.contents.Luid, Address(_address(server.contents.Address.lpSockaddr.contents))
            server = server.contents.Next
        adapter = adapter.contents.Next


def _registry() -> Any:  # noqa: ANN401 - the module ``winreg``, which is on Windows only
    import winreg

    return winreg


def _read_access(registry: Any) -> int:  # noqa: ANN401
    return int(registry.KEY_READ | registry.KEY_WOW64_64KEY)


@contextlib.contextmanager
def _service(name: str, access: int) -> Iterator[Any]:
    """A handle of a service; raises pywintypes.error."""
    import win32service

    manager = win32service.OpenSCManager(None, None, win32service.SC_MANAGER_CONNECT)
    try:
        found = win32service.OpenService(manager, name, access)
        try:
            yield found
        finally:
            win32service.CloseServiceHandle(found)
    finally:
        win32service.CloseServiceHandle(manager)


def _said(code: int, what: str, fine: Collection[int] = ()) -> None:
    """Raises OSError for a code that is neither 0 nor one of ``fine``."""
    number = code & 0xFFFFFFFF
    if number == 5:
        raise PermissionError(13, f"{what} is not permitted")
    if number and number not in fine:
        raise OSError(0, f"{what} failed with error {number}")
