namespace ContainerChaos.Linux;

/// <summary>Who this process is to the kernel (credentials(7)).</summary>
public static class OwnIdentity
{
    /// <summary>The effective user id.</summary>
    public static uint User => (uint)Libc.SystemCall((nint)SystemCallNumber.geteuid);

    /// <summary>The permitted capabilities of this thread, as bits (capabilities(7)).</summary>
    public static unsafe ulong PermittedCapabilities
    {
        get
        {
            // struct __user_cap_header_struct: the version, the process; the answer is effective, permitted and inheritable, the low halves first.
            const int _LINUX_CAPABILITY_VERSION_3 = 0x20080522;
            var header = stackalloc int[2] { _LINUX_CAPABILITY_VERSION_3, 0 };
            var data = stackalloc uint[6];
            Libc.Checked("capget", null, Libc.SystemCall((nint)SystemCallNumber.capget, (nint)header, (nint)data));
            return data[1] | ((ulong)data[4] << 32);
        }
    }

    /// <summary>The effective group id.</summary>
    public static uint Group => (uint)Libc.SystemCall((nint)SystemCallNumber.getegid);
}
