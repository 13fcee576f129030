namespace ContainerChaos.Engine;

/// <summary>What is being done with a blob.</summary>
public enum TransferStep
{
    /// <summary>It comes from the registry.</summary>
    Downloading,

    /// <summary>It goes to the registry.</summary>
    Uploading,

    /// <summary>It is where it should be.</summary>
    Done,

    /// <summary>It was there already.</summary>
    Present,
}
