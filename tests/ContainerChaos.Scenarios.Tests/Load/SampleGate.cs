using ContainerChaos.Scenarios.Load;

namespace ContainerChaos.Scenarios.Tests.Load;

/// <summary>Opens when so many samples of a kind have completed.</summary>
internal sealed class SampleGate(int count) : ILoadObserver
{
    private readonly ManualResetEventSlim _open = new();
    private int _left = count;
    private Func<LoadSample, bool> _counts = static _ => true;

    public void OnSample(in LoadSample sample)
    {
        if (_counts(sample) && Interlocked.Decrement(ref _left) == 0)
            _open.Set();
    }

    internal void Again(int more, Func<LoadSample, bool> counts)
    {
        _open.Reset();
        _counts = counts;
        Volatile.Write(ref _left, more);
    }

    internal void Wait() => Assert.True(_open.Wait(TimeSpan.FromSeconds(20)), $"{Volatile.Read(ref _left)} samples did not come");
}
