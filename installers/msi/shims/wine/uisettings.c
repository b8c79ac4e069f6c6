/* For Wine 8, which lacks the WinRT class Windows.UI.ViewManagement.UISettings; never shipped. Qt asks it for the
   colours of the desktop and ends the process without an answer. Method tables as in windows.ui.viewmanagement.idl. */
#include <string.h>
#include <windows.h>

typedef struct {
    const void *const *methods;
} Object;

static const GUID UNKNOWN = {0, 0, 0, {0xc0, 0, 0, 0, 0, 0, 0, 0x46}};
static const GUID INSPECTABLE = {0xaf86e2e0, 0xb12d, 0x4c6a, {0x9c, 0x5a, 0xd7, 0xaa, 0x65, 0x10, 0x1e, 0x90}};
static const GUID ACTIVATION_FACTORY = {0x00000035, 0, 0, {0xc0, 0, 0, 0, 0, 0, 0, 0x46}};
static const GUID AGILE = {0x94ea2b94, 0xe9cc, 0x49e0, {0xc0, 0xff, 0xee, 0x64, 0xca, 0x8f, 0x5b, 0x90}};
static const GUID SETTINGS = {0x85361600, 0x1c63, 0x4627, {0xbc, 0xb1, 0x3a, 0x89, 0xe0, 0xbc, 0x9c, 0x55}};
static const GUID SETTINGS_3 = {0x03021be4, 0x5254, 0x4781, {0x81, 0x94, 0x51, 0x68, 0xf7, 0xd0, 0x6d, 0x7b}};

enum { BACKGROUND, FOREGROUND };

static Object factory, settings, settings_3; /* static: they outlive every reference */

static int same(const GUID *one, const GUID *other) { return !memcmp(one, other, sizeof *one); }

static HRESULT WINAPI query(Object *self, const GUID *wanted, void **found) {
    int common = same(wanted, &UNKNOWN) || same(wanted, &INSPECTABLE) || same(wanted, &AGILE);
    *found = NULL;
    if (self == &factory) {
        if (common || same(wanted, &ACTIVATION_FACTORY)) *found = &factory;
    } else if (same(wanted, &SETTINGS_3)) {
        *found = &settings_3;
    } else if (common || same(wanted, &SETTINGS)) {
        *found = &settings;
    }
    return *found ? S_OK : E_NOINTERFACE;
}

static ULONG WINAPI count(Object *self) { return 2; }

static HRESULT WINAPI interfaces(Object *self, ULONG *size, GUID **list) {
    *size = 0;
    *list = NULL;
    return S_OK;
}

static HRESULT WINAPI class_name(Object *self, void **name) {
    *name = NULL;
    return S_OK;
}

static HRESULT WINAPI trust(Object *self, int *level) {
    *level = 0;
    return S_OK;
}

static HRESULT WINAPI activate(Object *self, void **made) {
    *made = &settings;
    return S_OK;
}

static HRESULT WINAPI color(Object *self, int kind, BYTE *argb) {
    BYTE shade = kind == BACKGROUND ? 255 : 0;
    int accent = kind > FOREGROUND;
    argb[0] = 255;
    argb[1] = shade;
    argb[2] = accent ? 0x78 : shade;
    argb[3] = accent ? 0xd7 : shade;
    return S_OK;
}

static HRESULT WINAPI subscribe(Object *self, void *callback, INT64 *token) {
    *token = 1;
    return S_OK;
}

static HRESULT WINAPI unsubscribe(Object *self, INT64 token) { return S_OK; }

static HRESULT WINAPI nothing(Object *self, int *value) {
    if (value) *value = 0;
    return S_OK;
}

static const void *const of_factory[] = {query, count, count, interfaces, class_name, trust, activate};
static const void *const of_settings[] = {
    query,   count,   count,   interfaces, class_name, trust,   nothing, nothing, nothing, nothing, nothing,
    nothing, nothing, nothing, nothing,    nothing,    nothing, nothing, nothing, nothing, nothing, nothing,
};
static const void *const of_settings_3[] = {query, count, count, interfaces, class_name, trust, color, subscribe, unsubscribe};

__declspec(dllexport) HRESULT WINAPI DllGetActivationFactory(void *name, void **found) {
    factory.methods = of_factory;
    settings.methods = of_settings;
    settings_3.methods = of_settings_3;
    *found = &factory;
    return S_OK;
}

__declspec(dllexport) HRESULT WINAPI DllCanUnloadNow(void) { return S_FALSE; }
