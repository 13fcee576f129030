namespace ContainerChaos.Benchmarks.Peers;

/// <summary>Many containers that run at once.</summary>
internal interface IFleet
{
    /// <summary>Lists them with their states.</summary>
    void List();

    /// <summary>Removes them, running as they are.</summary>
    void Remove();
}
