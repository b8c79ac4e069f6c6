/* python.exe, which wheels do not carry: hands the command line to the interpreter in python311.dll. */
#include <stdio.h>
#include <windows.h>

typedef int (*Main)(int, wchar_t **);

int wmain(int count, wchar_t **words) {
    HMODULE interpreter = LoadLibraryW(L"python311.dll");
    if (!interpreter) {
        fprintf(stderr, "python311.dll cannot be loaded: error %lu\n", GetLastError());
        return 1;
    }
    return ((Main)(void *)GetProcAddress(interpreter, "Py_Main"))(count, words);
}
