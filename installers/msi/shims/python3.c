/* python3.dll, which wheels of the stable ABI load: every name is forwarded to python311.dll by the .def beside it. */
int __stdcall DllMain(void *module, unsigned reason, void *reserved) {
    (void)module, (void)reason, (void)reserved;
    return 1;
}
