using System.Text.RegularExpressions;

namespace ContainerChaos.Engine;

/// <summary>The files of an OCI image layout or of a <c>docker save</c> archive, in a directory or in a tar file, read in any order.</summary>
internal abstract partial class ImageArchive : IDisposable
{
    /// <summary>What was opened, for messages.</summary>
    public required string Path { get; init; }

    /// <summary>Opens what holds images; null for anything else, such as a root file system.</summary>
    /// <param name="path">A directory or a file.</param>
    /// <param name="spool">A path that no other process has, for a while, where a compressed archive is unpacked to.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public static ImageArchive? TryOpen(string path, string spool, CancellationToken cancellationToken)
    {
        path = System.IO.Path.GetFullPath(path);
        if (Directory.Exists(path))
            return IsLayout(path) ? new DirectoryImageArchive(path) { Path = path } : null;
        if (!File.Exists(path))
            return null;
        var file = File.OpenRead(path);
        try
        {
            if (CompressedStream.Detect(file) is not null)
            {
                // Looked through twice rather than a root file system of gigabytes unpacked for nothing.
                using (var probe = CompressedStream.Open(File.OpenRead(path), path))
                {
                    if (TarImageArchive.TryIndex(probe, IsMember, cancellationToken) is null)
                    {
                        file.Dispose();
                        return null;
                    }
                }

                using var packed = CompressedStream.Open(file, path);
                file = Spool(packed, spool, cancellationToken);
            }

            if (TarImageArchive.TryIndex(file, IsMember, cancellationToken) is { } index)
                return new TarImageArchive(file, index) { Path = path };
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException)
        {
            // Whoever reads it as a root file system says what is wrong with it.
        }
        catch
        {
            file.Dispose();
            throw;
        }

        file.Dispose();
        return null;
    }

    /// <summary>A file by its path, at its beginning and seekable; null when there is none.</summary>
    public abstract Stream? TryOpen(string name);

    public virtual void Dispose()
    {
    }

    /// <summary>What such an archive consists of. The first other name makes it something else.</summary>
    private static bool IsMember(string name) => Member().IsMatch(name);

    private static bool IsLayout(string directory) =>
        File.Exists(System.IO.Path.Combine(directory, "oci-layout")) ||
        (File.Exists(System.IO.Path.Combine(directory, "manifest.json")) && !Directory.Exists(System.IO.Path.Combine(directory, "bin")) && !Directory.Exists(System.IO.Path.Combine(directory, "etc")));

    private static FileStream Spool(Stream packed, string spool, CancellationToken cancellationToken)
    {
        var file = new FileStream(spool, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.ReadWrite, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite });
        try
        {
            // Without a name it is gone with this process, whatever ends it.
            File.Delete(spool);
            var buffer = new byte[128 * 1024];
            while (packed.Read(buffer) is > 0 and var count)
            {
                cancellationToken.ThrowIfCancellationRequested();
                file.Write(buffer, 0, count);
            }

            file.Position = 0;
            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    [GeneratedRegex(@"\A(?:blobs|blobs/.*|oci-layout|repositories|[^/]+\.json|[^/]+\.tar|[^/]+\.tar\.gz|[0-9a-f]{64}|[0-9a-f]{64}/[^/]+)\z")]
    private static partial Regex Member();
}
