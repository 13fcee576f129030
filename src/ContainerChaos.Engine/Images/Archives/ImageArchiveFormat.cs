namespace ContainerChaos.Engine;

/// <summary>How images are written into a file.</summary>
public enum ImageArchiveFormat
{
    /// <summary>As <c>docker save</c> does, with plain layers: what <c>docker load</c> and <c>podman load</c> read. It is an OCI layout as well.</summary>
    Docker,

    /// <summary>An OCI image layout, with layers compressed by gzip.</summary>
    Oci,
}
