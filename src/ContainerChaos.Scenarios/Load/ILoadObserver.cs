namespace ContainerChaos.Scenarios.Load;

/// <summary>Follows a running load.</summary>
public interface ILoadObserver
{
    /// <summary>Takes a request that was just completed. Called on the load's own thread: it must return quickly and not throw.</summary>
    /// <param name="sample">The request.</param>
    void OnSample(in LoadSample sample);

    /// <summary>Hears that the load ends because a threshold was not kept. Called on the load's own thread, as the other.</summary>
    /// <param name="verdict">The threshold, and how it was missed.</param>
    void OnAbort(ThresholdVerdict verdict)
    {
    }
}
