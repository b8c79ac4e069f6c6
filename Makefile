# `make demo`: real WireGuard nodes and the tray. `make test`: everything that passes or fails, but for `make test-slow`:
# what takes a quarter of a minute and more. All install what they need.
PYTHON = .venv/bin/python

.PHONY: demo example test test-fleet test-slow test-packages test-wine deb msi lint bench bench-failover fuzz soak security-report clean

demo: .venv/.installed-demo
	$(PYTHON) -m wgtray demo $(DEMO)

# The company side, end to end in network namespaces; Ansible is the administrator's tool, no part of wgtray.
example: .venv/.installed-demo
	@test -x /usr/bin/ansible-playbook || RUNLEVEL=1 DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends ansible-core
	$(PYTHON) -m tests.network.fleet.example

test: lint
	$(PYTHON) -m pytest -n 2 tests/unit
	$(PYTHON) -m pytest tests/contract tests/gui tests/network

test-slow: .venv/.installed-daemons
	$(PYTHON) -m pytest -m slow

# The Linux packages, to build/deb; DEB="--help" says what can be chosen.
deb: .venv/.installed-package
	$(PYTHON) -m installers.deb $(DEB)

# Builds them, and has them installed, used, upgraded and purged on a bare Debian 12 in a directory, which then
# becomes a gateway by the rendered playbook. Root; seven minutes.
test-packages: .venv/.installed-package
	$(PYTHON) -m pytest tests/packages --timeout 600

# The Windows package, to dist; MSI="--version 1.2.3".
msi: .venv/.installed-wine
	$(PYTHON) -m installers.msi build $(MSI)

# Windows on Linux: unit tests by a genuine Windows Python, the frozen programs, the MSI with its service and tray, all
# under Wine. Downloads are kept in $$WGTRAY_CACHE (default ~/.cache/wgtray). Ten minutes.
test-wine: .venv/.installed-wine
	$(PYTHON) -m pytest tests/wine --timeout 900

# The company side with the real daemons, a few minutes; what cannot be installed is skipped with its reason.
test-fleet: .venv/.installed-daemons
	$(PYTHON) -m pytest tests/network/fleet tests/network/test_follow.py -m "slow or not slow"

lint: .venv/.installed-test
	.venv/bin/ruff format --check
	.venv/bin/ruff check
	.venv/bin/mypy

bench: .venv/.installed-test
	$(PYTHON) -m pytest tests/bench --capture=no

# Three quarters of an hour; QUICK=1: a few minutes; fails for defects alone. SAVE=1 writes resources/bench. FRR is a rival, left out if it cannot be installed.
bench-failover: .venv/.installed-test
	@test -x /usr/lib/frr/bfdd || RUNLEVEL=1 DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends frr || true
	$(PYTHON) -m tests.bench.failover $(if $(QUICK),--quick) $(if $(SAVE),--save)

# Minutes for all readers together. Atheris follows the code; where it cannot be installed, hypothesis goes on for longer.
fuzz: .venv/.installed-test
	$(PYTHON) -m pip install --quiet atheris || true
	mkdir -p build
	$(PYTHON) -m tests.fuzz --minutes $(or $(MINUTES),10)

soak: .venv/.installed-test
	SOAK_MINUTES=$(or $(MINUTES),10) $(PYTHON) -m pytest -m slow tests/network/faults/test_soak.py --capture=no

# Everything that its table counts, a quarter of an hour; SAVE=1 puts the table into the README; FAULTS=all: every command
# in every way, an hour more.
security-report: export WGTRAY_TALLY = build/security
security-report: .venv/.installed-test
	rm -rf build/security && mkdir -p build/security
	$(PYTHON) -m pytest tests/unit/test_fuzz.py tests/unit/helper
	$(PYTHON) -m pytest -m "threat and not slow" tests/unit/core tests/unit/desktop tests/unit/ipc tests/unit/platforms \
	  tests/unit/security tests/unit/test_linux_service.py tests/gui tests/network
	$(PYTHON) -m tests.fuzz --minutes 2
	$(PYTHON) -m pytest -m slow tests/network/faults; ended=$$?; \
	$(PYTHON) -m tests.security.report build/security $(if $(SAVE),README.md) && exit $$ended

clean:
	rm -rf .venv build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis

.venv/.installed-package: .venv/.installed-test
	@for tool in debootstrap lintian desktop-file-validate appstreamcli rpm strip shellcheck 7z xorriso dmg2img; do command -v $$tool >/dev/null || missing=1; done; \
	  test -z "$$missing" || DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
	  debootstrap lintian desktop-file-utils appstream rpm binutils shellcheck p7zip-full xorriso dmg2img
	$(PYTHON) -m pip install --quiet --disable-pip-version-check --editable ".[gui,dev,package]"
	touch $@

DAEMONS = ansible-core bird2 keepalived nginx-light libnginx-mod-stream pdns-server pdns-backend-geoip iperf3
.venv/.installed-daemons: .venv/.installed-test
	apt-get update -qq && RUNLEVEL=1 DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $(DAEMONS) || true
	touch $@

WINE_PACKAGES = wine wine64 wixl msitools gcc-mingw-w64-x86-64-win32 osslsigncode openssl xvfb trayer imagemagick
.venv/.installed-wine: .venv/.installed-test
	@for tool in wine wixl wixl-heat msibuild x86_64-w64-mingw32-gcc osslsigncode openssl Xvfb trayer import; do \
	  command -v $$tool >/dev/null || missing=1; done; test -z "$$missing" || { apt-get update -qq; \
	  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $(WINE_PACKAGES) >/dev/null; }
	touch $@

.venv/.installed-%: pyproject.toml .ci/install
	.ci/install $*
