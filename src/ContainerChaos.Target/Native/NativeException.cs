namespace ContainerChaos.Target.Native;

/// <summary>A call of the C library failed and the program cannot go on.</summary>
internal sealed class NativeException(string what, int error) : Exception(what + ": " + Errno.Name(error));
