using ContainerChaos.Scenarios.Load;

namespace ContainerChaos.Scenarios;

/// <summary>Waits until a service has answered for the first time.</summary>
internal sealed class FirstSuccess : ILoadObserver, IDisposable
{
    private readonly ManualResetEventSlim _seen = new();

    public void OnSample(in LoadSample sample)
    {
        if (sample.Succeeded)
            _seen.Set();
    }

    internal bool Wait(TimeSpan timeout, CancellationToken cancellationToken) => _seen.Wait(timeout, cancellationToken);

    public void Dispose() => _seen.Dispose();
}
