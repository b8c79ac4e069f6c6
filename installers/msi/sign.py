"""How do programs and package get a signature? osslsigncode, with the certificate that the environment names.

WGTRAY_SIGNING_CERTIFICATE   a PKCS #12 file; without it nothing is signed
WGTRAY_SIGNING_PASSWORD      a file with its password (never the password itself: it would show in process lists)
WGTRAY_SIGNING_TIMESTAMP     an RFC 3161 server, so that the signature outlives the certificate
"""

import os
import shutil
import subprocess
from collections.abc import Iterable, Mapping
from pathlib import Path

from installers.msi.compiler import Unavailable


def sign(files: Iterable[Path], environment: Mapping[str, str] = os.environ) -> bool:
    """Sign each file in its place; False where no certificate is named. Raises Unavailable, CalledProcessError."""
    certificate = environment.get("WGTRAY_SIGNING_CERTIFICATE")
    if not certificate:
        return False
    if shutil.which("osslsigncode") is None:
        raise Unavailable("osslsigncode is not installed: apt-get install osslsigncode")
    options = ["-pkcs12", certificate, "-h", "sha256", "-n", "wgtray"]
    if password := environment.get("WGTRAY_SIGNING_PASSWORD"):
        options += ["-readpass", password]
    if server := environment.get("WGTRAY_SIGNING_TIMESTAMP"):
        options += ["-ts", server]
    for file in files:
        signed = file.with_name(f"{file.name}.signed")
        command = ["osslsigncode", "sign", *options, "-in", str(file), "-out", str(signed)]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        signed.replace(file)
    return True
