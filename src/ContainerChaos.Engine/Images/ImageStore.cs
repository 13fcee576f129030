namespace ContainerChaos.Engine;

/// <summary>The images of one data root: a layer is stored once, by its digest, and shared read-only by every container.</summary>
public sealed class ImageStore
{
    internal ImageStore(EngineOptions options) => _ = options;

    /// <summary>Makes an image of a directory or a root file system archive.</summary>
    /// <param name="path">A directory, or a <c>.tar</c>, <c>.tar.gz</c> or <c>.tgz</c> file.</param>
    /// <param name="reference">The reference it shall have, <c>repository[:tag]</c>.</param>
    /// <param name="options">Its entrypoint, command, environment; null for none.</param>
    /// <param name="cancellationToken">Ends the import; nothing of it stays.</param>
    /// <exception cref="Runtime.ContainerException">InvalidImage, InvalidName, DiskFull, PermissionDenied.</exception>
    public Image Import(string path, string reference, ImportOptions? options = null, CancellationToken cancellationToken = default) => throw new NotImplementedException();

    /// <summary>All images, by reference. The embedded <c>target:latest</c> is among them.</summary>
    public IReadOnlyList<Image> List() => throw new NotImplementedException();

    /// <summary>The references that begin with a prefix, for completion.</summary>
    public IReadOnlyList<string> ListReferences(string prefix) => throw new NotImplementedException();

    /// <summary>Finds an image. <c>target:latest</c> is made of the embedded binary on its first use.</summary>
    /// <param name="reference"><c>repository[:tag]</c>, or an id or a unique prefix of one.</param>
    /// <exception cref="Runtime.ContainerException">ImageNotFound.</exception>
    public Image Get(string reference) => throw new NotImplementedException();

    /// <summary>Removes a reference, and with its last one the image and the layers that no other image has.</summary>
    /// <param name="reference">As in <see cref="Get"/>.</param>
    /// <param name="force">Remove the reference even though containers use the image; the layers stay until those are gone.</param>
    /// <exception cref="Runtime.ContainerException">ImageNotFound; ImageInUse, with the containers' names.</exception>
    public void Remove(string reference, bool force = false) => throw new NotImplementedException();
}
