namespace ContainerChaos.Linux;

/// <summary>Where a packet passes on its way through the host (enum nf_inet_hooks).</summary>
public enum NftHook
{
    /// <summary>It has arrived, and its way is not decided.</summary>
    Prerouting = 0,

    /// <summary>It is for this host.</summary>
    Input = 1,

    /// <summary>It goes on to another interface.</summary>
    Forward = 2,

    /// <summary>It was made here.</summary>
    Output = 3,

    /// <summary>It leaves.</summary>
    Postrouting = 4,
}
