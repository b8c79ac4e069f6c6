"""Would the tool of a Mac take these words? Each command line against what its manual page allows, option by option.

Pages are Apple's (developer.apple.com, library/mac/documentation/Darwin/Reference/ManPages); newer ones of the same
tools add to them. A word that no page explains is an error, so that a new command has to be looked up before it counts.
"""

import ipaddress
import re
from collections.abc import Callable, Iterator

MAN = "https://developer.apple.com/library/mac/documentation/Darwin/Reference/ManPages"

SOURCES = {
    "route": f"{MAN}/man8/route.8.html",
    "ifconfig": f"{MAN}/man8/ifconfig.8.html",
    "netstat": f"{MAN}/man1/netstat.1.html",
    "pfctl": f"{MAN}/man8/pfctl.8.html",
    "pf.conf": f"{MAN}/man5/pf.conf.5.html",
    "scutil": f"{MAN}/man8/scutil.8.html, and its own `help`",
    "networksetup": f"{MAN}/man8/networksetup.8.html",
    "dscacheutil": f"{MAN}/man1/dscacheutil.1.html",
    "killall": f"{MAN}/man1/killall.1.html",
    "launchctl": f"{MAN}/man1/launchctl.1.html and, for targets, that of macOS 10.11",
    "pkgutil": f"{MAN}/man1/pkgutil.1.html",
    "dseditgroup": f"{MAN}/man8/dseditgroup.8.html",
    "sleep": f"{MAN}/man1/sleep.1.html",
    "id": f"{MAN}/man1/id.1.html",
    "stat": f"{MAN}/man1/stat.1.html",
    "wireguard-go": "https://git.zx2c4.com/wireguard-go/about/ (usage: wireguard-go [-f] INTERFACE-NAME)",
}

Check = Callable[[str], bool]


class Wrong(AssertionError):
    """The tool would not take it."""


def check(argv: list[str], stdin: str) -> None:
    """Raises Wrong."""
    tool = argv[0].rpartition("/")[2]
    if tool not in _TOOLS:
        raise Wrong(f"no manual page for {tool}")
    if any("\n" in word or "\0" in word for word in argv):
        raise Wrong(f"a word of several lines: {argv}")
    _TOOLS[tool](list(argv[1:]), stdin)


def _number(word: str) -> bool:
    return word.isdigit()


def _address(word: str) -> bool:
    try:
        ipaddress.ip_address(word.partition("%")[0])
    except ValueError:
        return False
    return True


def _network(word: str) -> bool:
    try:
        ipaddress.ip_network(word)
    except ValueError:
        return False
    return True


def _interface(word: str) -> bool:
    return re.fullmatch(r"[a-z]+\d+", word) is not None


def _text(word: str) -> bool:
    return bool(word) and not word.startswith("-")


def _options(words: list[str], known: dict[str, Check | None]) -> Iterator[tuple[str, str]]:
    """Options from the front of ``words``, with their values; what is left stays."""
    while words and words[0].startswith("-") and len(words[0]) > 1:
        option = words.pop(0)
        if option not in known:
            raise Wrong(f"no such option: {option}")
        value, takes = "", known[option]
        if takes is not None:
            if not words or not takes(words[0]):
                raise Wrong(f"{option} takes another value than {words[:1]}")
            value = words.pop(0)
        yield option, value


# route [-dnqtv] command [[modifiers] args]; "add" and "change" take a gateway unless -interface names what it is
_ROUTE_MODIFIERS: dict[str, Check | None] = {
    **dict.fromkeys(("-inet", "-inet6", "-net", "-host", "-interface", "-iface", "-static", "-nostatic"), None),
    **dict.fromkeys(("-reject", "-blackhole", "-proto1", "-proto2", "-llinfo", "-cloning", "-xresolve"), None),
    "-gateway": None,
    "-ifscope": _interface,
    "-netmask": _address,
    "-prefixlen": _number,
    "-mtu": _number,
}


def _route(words: list[str], stdin: str) -> None:
    list(_options(words, dict.fromkeys(("-d", "-n", "-q", "-t", "-v"), None)))
    verb = words.pop(0) if words else ""
    if verb not in ("add", "delete", "change", "get"):
        raise Wrong(f"route has no command {verb!r}")
    plain: list[str] = []
    modifiers: set[str] = set()
    while words:
        if words[0].startswith("-"):
            modifiers |= {option for option, _ in _options(words, _ROUTE_MODIFIERS)}
        else:
            plain.append(words.pop(0))
    if len(modifiers & {"-inet", "-inet6"}) != 1:
        raise Wrong("a family is needed where a destination can be of either")
    if not plain or not _network(plain[0]):
        raise Wrong(f"no destination: {plain}")
    if (":" in plain[0]) != ("-inet6" in modifiers):
        raise Wrong("a destination of the other family")
    if verb == "delete" and len(plain) == 1:
        return
    if len(plain) != 2 or not (_interface if modifiers & {"-interface", "-iface"} else _address)(plain[1]):
        raise Wrong(f"no gateway: {plain}")


# ifconfig interface [address_family] [address [dest_address]] [parameters]; ifconfig -a
_IFCONFIG_PARAMETERS: dict[str, Check | None] = {
    **dict.fromkeys(("alias", "-alias", "up", "down"), None),
    "mtu": _number,
    "netmask": _address,
    "prefixlen": _number,
}


def _ifconfig(words: list[str], stdin: str) -> None:
    if words == ["-a"]:
        return
    if not words or not _interface(words.pop(0)):
        raise Wrong("ifconfig without an interface")
    if words[:1] in (["inet"], ["inet6"]):
        six = words.pop(0) == "inet6"
        if not words or (":" in words[0]) != six or not _address(words.pop(0).partition("/")[0]):
            raise Wrong("ifconfig with an address of the other family, or none")
        if words and _address(words[0]):
            words.pop(0)
    if not words:
        raise Wrong("ifconfig that does nothing")
    while words:
        parameter = words.pop(0)
        takes = _IFCONFIG_PARAMETERS.get(parameter, _text)
        if parameter not in _IFCONFIG_PARAMETERS or (takes is not None and not (words and takes(words.pop(0)))):
            raise Wrong(f"ifconfig does not know {parameter}")


def _netstat(words: list[str], stdin: str) -> None:
    seen = dict(_options(words, {"-rn": None, "-r": None, "-n": None, "-f": lambda word: word in ("inet", "inet6")}))
    if words or not seen:
        raise Wrong("netstat: only the routing table is asked for")


# pfctl [-AdeghmNnOqRrvz] [-a anchor] [-F modifier] [-f file] [-k host] [-s modifier] [-t table -T command …]
_PFCTL: dict[str, Check | None] = {
    **dict.fromkeys(("-E", "-N", "-R", "-n", "-q", "-v"), None),
    "-a": lambda word: re.fullmatch(r"[A-Za-z0-9_.]+(/[A-Za-z0-9_.]+)*", word) is not None,
    "-F": lambda word: word in ("nat", "rules", "states", "Sources", "info", "Tables", "all"),
    "-f": lambda word: word == "-" or word.startswith("/"),
    "-k": lambda word: _address(word) or _network(word),
    "-s": lambda word: word in ("nat", "rules", "states", "info", "References", "Tables", "Anchors"),
    "-t": lambda word: re.fullmatch(r"\w{1,31}", word) is not None,
    "-T": lambda word: word in ("add", "delete", "replace", "flush", "show", "kill"),
    "-X": _number,
}


def _pfctl(words: list[str], stdin: str) -> None:
    given = list(_options(words, _PFCTL))
    options = [option for option, _ in given]
    if words and ("-T" not in options or not all(map(_network, words))):
        raise Wrong(f"pfctl takes no {words}")
    if ("-t" in options) != ("-T" in options):
        raise Wrong("-t goes with -T")
    if "-d" in options or ("-F" in options and "-a" not in options and ("-F", "states") not in given):
        raise Wrong("that takes the rules of others away")
    if "-f" in options and "-T" not in options:
        for line in stdin.splitlines():
            check_rule(line)


_ACTION = r"(?:pass|block(?: (?:drop|return))?)"
_HOST = r"(?:any|<\w{1,31}>|[0-9a-f.:]+(?:/\d+)?)"
_PORT = r"(?: port (?:= )?\d+)?"
_STATE = r"(?:no state|keep state(?: \(if-bound\))?)"
_HOSTS = rf"(?:all|from {_HOST}{_PORT} to {_HOST}{_PORT})"
_ON = r"(?: on (?:! )?[a-z]+\d+)?"
_AF = r"(?: inet6?)?"
_PROTO = r"(?: proto (?:tcp|udp|icmp|ipv6-icmp))?"
_FILTER = rf"(?: user (?:root|= 0))?(?: flags (?:S/SA|any))?(?: icmp6?-type [a-z0-9]+)?(?: {_STATE})?"
_ROUTE_TO = r"(?: route-to \([a-z]+\d+ [0-9a-f.:]+\))?"

# pf.conf(5), GRAMMAR: pf-rule, nat-rule, rdr-rule, scrub-rule, table-rule, anchor-rule, in the order of words that it
# prescribes; rdr and scrub are others' alone
_RULES = tuple(
    map(
        re.compile,
        (
            rf"{_ACTION}(?: (?:in|out))?(?: quick)?{_ON}{_ROUTE_TO}{_AF}{_PROTO} {_HOSTS}{_FILTER}",
            rf"rdr(?: pass)?{_ON}{_AF}{_PROTO} {_HOSTS} -> [0-9a-f.:]+(?: port \d+)?",
            rf"scrub(?: (?:in|out))?{_ON}{_AF}{_PROTO} {_HOSTS}(?: fragment reassemble)?",
            rf"nat{_ON}{_AF}{_PROTO} {_HOSTS} -> [0-9a-f.:]+",
            r"table <\w{1,31}> persist(?: \{ [0-9a-f.:/]+(?:, [0-9a-f.:/]+)* \})?",
            r'(?:nat-|rdr-|scrub-|dummynet-)?anchor "[^"]+" all(?: fragment reassemble)?',
        ),
    )
)


def check_rule(line: str) -> None:
    """One line of pf.conf; raises Wrong."""
    if not any(rule.fullmatch(line) for rule in _RULES):
        raise Wrong(f"pf.conf has no such rule: {line}")
    addresses = re.findall(r"(?:to|from) ([0-9a-f.:]*[.:][0-9a-f.:]*(?:/\d+)?)", line)
    for address in addresses:
        if not _network(address):
            raise Wrong(f"no network: {address}")
        if (" inet6 " in line and ":" not in address) or (" inet " in line and ":" in address):
            raise Wrong(f"an address of the other family: {line}")
    if " user " in line and " proto tcp" not in line and " proto udp" not in line:
        raise Wrong(f"only TCP and UDP have users: {line}")


_SCUTIL = {
    "list": r"list \S+",
    "show": r"show (?:State|Setup):\S+",
    "get": r"get (?:State|Setup):\S+",
    "d.init": r"d\.init",
    "d.add": r"d\.add \w+ (?:\*(?: \S+)+|# \d+|\? (?:TRUE|FALSE)|[^*#?]\S*)",
    "set": r"set (?:State|Setup):\S+",
    "remove": r"remove (?:State|Setup):\S+",
    "quit": "quit",
}


def _scutil(words: list[str], stdin: str) -> None:
    if words:
        raise Wrong(f"scutil is asked through its standard input: {words}")
    for line in stdin.splitlines():
        pattern = _SCUTIL.get(line.partition(" ")[0], "")
        if not re.fullmatch(pattern, line):
            raise Wrong(f"scutil does not know {line!r}")
        if len(line.encode()) > 1900 or len(line.split()) > 100:
            raise Wrong("scutil would cut this line short")
    if not stdin.endswith("quit\n"):
        raise Wrong("scutil would wait for more")


def _networksetup(words: list[str], stdin: str) -> None:
    match words:
        case ["-listnetworkserviceorder"]:
            return
        case ["-getdnsservers" | "-getsearchdomains", service] if _text(service):
            return
        case ["-setdnsservers", service, "empty"] if _text(service):
            return
        case ["-setdnsservers", service, *servers] if _text(service) and servers and all(map(_address, servers)):
            return
        case ["-setsearchdomains", service, *domains] if _text(service) and domains and all(map(_text, domains)):
            return
    raise Wrong(f"networksetup does not take {words}")


_SERVICE = r"system/[A-Za-z0-9.]+"


def _launchctl(words: list[str], stdin: str) -> None:
    match words:
        case ["bootout" | "enable" | "print" | "kickstart", target] if re.fullmatch(_SERVICE, target):
            return
        case ["kickstart", "-k", target] if re.fullmatch(_SERVICE, target):
            return
        case ["bootstrap", "system", place] if place.startswith("/Library/LaunchDaemons/"):
            return
    raise Wrong(f"launchctl does not take {words}")


def _dseditgroup(words: list[str], stdin: str) -> None:
    verbs = ("read", "create", "delete", "edit", "checkmember")
    kinds = ("user", "computer", "group")
    known: dict[str, Check | None] = {
        **dict.fromkeys(("-p", "-q", "-v"), None),
        "-o": lambda word: word in verbs,
        **dict.fromkeys(("-a", "-d", "-r", "-m"), _text),
        "-t": lambda word: word in kinds,
        "-i": _number,
    }
    given = dict(_options(words, known))
    if len(words) != 1 or not _text(words[0]) or "-o" not in given:
        raise Wrong(f"dseditgroup needs an operation and one group: {given} {words}")
    if ("-a" in given) != ("-t" in given) or ("-a" in given and given["-o"] != "edit"):
        raise Wrong("dseditgroup adds a record of a kind where it edits")


def _stat(words: list[str], stdin: str) -> None:
    if len(words) != 3 or words[:2] != ["-f", "%u"]:
        raise Wrong(f"stat of a Mac knows no {words}")


def _exactly(*allowed: list[str]) -> Callable[[list[str], str], None]:
    def checked(words: list[str], stdin: str) -> None:
        if words not in allowed:
            raise Wrong(f"{words}, and not one of {allowed}")

    return checked


_TOOLS: dict[str, Callable[[list[str], str], None]] = {
    "route": _route,
    "ifconfig": _ifconfig,
    "netstat": _netstat,
    "pfctl": _pfctl,
    "scutil": _scutil,
    "networksetup": _networksetup,
    "launchctl": _launchctl,
    "pkgutil": _exactly(["--forget", "org.wgtray.pkg"]),
    "dseditgroup": _dseditgroup,
    "dscacheutil": _exactly(["-flushcache"]),
    "stat": _stat,
    "sleep": _exactly(["0.2"], ["1"]),
    "id": _exactly(["-u"]),
    "killall": _exactly(["-HUP", "mDNSResponder"]),
    "wireguard-go": _exactly(["utun"]),
}
