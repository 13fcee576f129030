using System.Runtime.InteropServices;

namespace ContainerChaos.Target.Native;

/// <summary><c>struct epoll_event</c>, which is packed on x86-64 (epoll_ctl(2)).</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct EpollEvent
{
    public uint Events;
    public ulong Data;
}
