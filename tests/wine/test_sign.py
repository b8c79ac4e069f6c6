"""Does a certificate sign programs and package, and is nothing signed without one? With a certificate made here."""

import shutil
import subprocess
from pathlib import Path

import pytest

from installers.msi.compiler import Unavailable, compile_c
from installers.msi.package import package
from installers.msi.sign import sign

if shutil.which("osslsigncode") is None:
    pytest.skip("osslsigncode is not installed", allow_module_level=True)


@pytest.fixture
def signing(tmp_path: Path) -> dict[str, str]:
    key, certificate, both = tmp_path / "key.pem", tmp_path / "certificate.pem", tmp_path / "both.p12"
    password = tmp_path / "password"
    password.write_text("a password")
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=wgtray test", "-days", "2"]
    usage = ["-addext", "extendedKeyUsage=codeSigning", "-keyout", str(key), "-out", str(certificate)]
    subprocess.run([*made, *usage], check=True, capture_output=True)
    packed = ["openssl", "pkcs12", "-export", "-inkey", str(key), "-in", str(certificate), "-out", str(both)]
    subprocess.run([*packed, "-passout", f"file:{password}"], check=True, capture_output=True)
    return {
        "WGTRAY_SIGNING_CERTIFICATE": str(both),
        "WGTRAY_SIGNING_PASSWORD": str(password),
        "authority": str(certificate),
    }


@pytest.fixture
def program(tmp_path: Path) -> Path:
    source, target = tmp_path / "program.c", tmp_path / "wgtray.exe"
    source.write_text("int main(void) { return 0; }\n")
    try:
        compile_c(source, target)
    except Unavailable as missing:
        pytest.skip(str(missing))
    return target


def verified(file: Path, authority: str) -> bool:
    command = ["osslsigncode", "verify", "-CAfile", authority, "-in", str(file)]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def test_without_a_certificate_nothing_is_touched(program: Path) -> None:
    before = program.read_bytes()
    assert sign([program], {}) is False
    assert program.read_bytes() == before


def test_a_signed_program_is_verified_and_a_changed_one_is_not(program: Path, signing: dict[str, str]) -> None:
    assert not verified(program, signing["authority"])
    assert sign([program], signing) is True
    assert verified(program, signing["authority"])
    content = bytearray(program.read_bytes())
    content[0x400] ^= 1
    program.write_bytes(content)
    assert not verified(program, signing["authority"])


def test_a_signed_package_is_verified(program: Path, signing: dict[str, str], tmp_path: Path) -> None:
    programs = tmp_path / "programs"
    programs.mkdir()
    for name in ("wgtray.exe", "wgtrayw.exe", "wgtray-helper.exe", "library.dll"):
        shutil.copy(program, programs / name)
    icon, msi = tmp_path / "wgtray.ico", tmp_path / "wgtray.msi"
    icon.write_bytes(b"")
    try:
        package(programs, icon, "1.0.0", msi, tmp_path)
    except Unavailable as missing:
        pytest.skip(str(missing))
    assert not verified(msi, signing["authority"])
    assert sign([msi], signing) is True
    assert verified(msi, signing["authority"])
