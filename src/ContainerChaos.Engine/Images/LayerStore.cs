namespace ContainerChaos.Engine;

/// <summary>The layers of one data root, each a directory named by its digest, written once and never changed.</summary>
internal sealed class LayerStore(string dataRoot)
{
    private readonly string _directory = Path.Combine(dataRoot, "layers");

    /// <summary>The layer's tree: the lower directory of an overlay.</summary>
    public string GetTree(string digest) => Path.Combine(_directory, digest, "diff");

    public bool Contains(string digest) => Directory.Exists(GetTree(digest));

    /// <summary>Unpacks a layer aside. It is not in the store until <see cref="Unpacked.Commit"/>, and leaves nothing if that is never called.</summary>
    public Unpacked Unpack(LayerSource source, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(_directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        OwnedDirectory.Sweep(_directory);
        var temporary = OwnedDirectory.NewPath(_directory, "import");
        try
        {
            var tree = Path.Combine(temporary, "diff");
            // 0755 unless the source says otherwise: it is the mode of the container's root directory.
            Directory.CreateDirectory(temporary);
            Directory.CreateDirectory(tree);
            File.SetUnixFileMode(tree, (UnixFileMode)0x1ED);
            using var extractor = new LayerExtractor(tree, source.Path);
            foreach (var entry in source.Read(cancellationToken))
                extractor.Write(entry, cancellationToken);
            extractor.Finish();
            return new Unpacked(this, temporary, source.Digest, extractor.SizeBytes, extractor.Count);
        }
        catch
        {
            OwnedDirectory.Delete(temporary);
            throw;
        }
    }

    /// <summary>Takes a layer out of the store at once and deletes it then.</summary>
    public void Remove(string digest)
    {
        var grave = OwnedDirectory.NewPath(_directory, "removed");
        try
        {
            Directory.Move(Path.Combine(_directory, digest), grave);
        }
        catch (DirectoryNotFoundException)
        {
            return;
        }

        OwnedDirectory.Delete(grave);
    }

    /// <summary>A layer on its way into the store.</summary>
    internal sealed class Unpacked(LayerStore store, string directory, string digest, long sizeBytes, int count) : IDisposable
    {
        public string Digest => digest;

        public long SizeBytes => sizeBytes;

        /// <summary>How many entries it has; none means that the source was empty.</summary>
        public int Count => count;

        /// <summary>Puts it into the store, unless an equal one is there. The caller holds the store's lock.</summary>
        public void Commit()
        {
            if (!store.Contains(digest))
                Directory.Move(directory, Path.Combine(store._directory, digest));
        }

        public void Dispose() => OwnedDirectory.Delete(directory);
    }
}
