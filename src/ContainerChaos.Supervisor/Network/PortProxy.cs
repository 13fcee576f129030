using System.Net;
using ContainerChaos.Linux;

namespace ContainerChaos.Supervisor;

/// <summary>What serves a published port's socket: the part of its traffic that the kernel does not translate.</summary>
internal abstract class PortProxy(InternetSocket socket, IPEndPoint target) : IDisposable
{
    /// <summary>The socket on the host.</summary>
    internal InternetSocket Socket { get; } = socket;

    /// <summary>Where it leads; what is under way stays where it is.</summary>
    internal IPEndPoint Target { get; set; } = target;

    /// <summary>Whether nothing is under way.</summary>
    internal abstract bool IsIdle { get; }

    /// <summary>Gives the socket up, which somebody else has as well, and carries on what is under way to its end.</summary>
    internal abstract void Retire();

    public abstract void Dispose();
}
