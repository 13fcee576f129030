namespace ContainerChaos.Benchmarks.Peers;

/// <summary>A running container with a published port.</summary>
/// <param name="Pid">Its PID 1 on the host.</param>
/// <param name="IPAddress">Its address on the bridge.</param>
/// <param name="Remove">Removes it.</param>
internal sealed record PublishedContainer(int Pid, string IPAddress, Action Remove) : IDisposable
{
    public void Dispose() => Remove();
}
