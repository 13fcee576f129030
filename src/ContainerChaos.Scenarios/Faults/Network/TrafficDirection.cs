namespace ContainerChaos.Scenarios.Faults;

/// <summary>Which packets a fault of the network is done to, seen from the target.</summary>
public enum TrafficDirection
{
    /// <summary>All.</summary>
    Both,

    /// <summary>Those that it receives; what it sends is left alone.</summary>
    In,

    /// <summary>Those that it sends; what it receives is left alone.</summary>
    Out,
}
