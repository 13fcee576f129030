using System.IO.Compression;
using System.Security.Cryptography;

namespace ContainerChaos.Engine;

/// <summary>A layer compressed for its way out, in a file that has no name and goes with this object.</summary>
internal sealed class CompressedLayer : IDisposable
{
    private CompressedLayer(FileStream content, OciDescriptor descriptor)
    {
        Content = content;
        Descriptor = descriptor;
    }

    /// <summary>The blob, at its beginning.</summary>
    public FileStream Content { get; }

    public OciDescriptor Descriptor { get; }

    /// <summary>Compresses a layer with gzip, always into the same bytes.</summary>
    /// <param name="layers">The store.</param>
    /// <param name="digest">The layer.</param>
    /// <param name="spool">A path that no other process has.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public static CompressedLayer Make(LayerStore layers, string digest, string spool, CancellationToken cancellationToken)
    {
        var file = new FileStream(spool, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.ReadWrite, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite });
        try
        {
            File.Delete(spool);
            using (var gzip = new GZipStream(file, CompressionLevel.Optimal, leaveOpen: true))
                layers.WriteArchive(digest, gzip, cancellationToken);
            file.Position = 0;
            var descriptor = new OciDescriptor { MediaType = OciManifest.GzipLayerType, Digest = "sha256:" + Convert.ToHexStringLower(SHA256.HashData(file)), Size = file.Length };
            file.Position = 0;
            return new CompressedLayer(file, descriptor);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    public void Dispose() => Content.Dispose();
}
