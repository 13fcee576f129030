namespace ContainerChaos.Linux;

/// <summary>Who this process is to the kernel (credentials(7)).</summary>
public static class OwnIdentity
{
    /// <summary>The effective user id.</summary>
    public static uint User => (uint)Libc.SystemCall((nint)SystemCallNumber.geteuid);

    /// <summary>The effective group id.</summary>
    public static uint Group => (uint)Libc.SystemCall((nint)SystemCallNumber.getegid);
}
