using System.Globalization;
using ContainerChaos.Runtime;

namespace ContainerChaos.Engine;

/// <summary>The layers of one data root, each a directory named by its digest, written once and never changed.</summary>
internal sealed class LayerStore(EngineOptions options)
{
    /// <summary>How many an image may have, as in Docker.</summary>
    public const int MaximumLayers = 127;

    /// <summary>From how many on the overlay's lower directories go by short names: mount(2) takes one page of options.</summary>
    private const int ShortFrom = 32;

    private const int ShortLength = 24;

    private readonly string _directory = Path.Combine(options.DataRoot, "layers");

    /// <summary>The layer's tree: the lower directory of an overlay.</summary>
    public string GetTree(string digest) => Path.Combine(_directory, digest, "diff");

    /// <summary>The trees of an image's layers; of many by short symbolic links, as Docker's overlay2 has them, so that all fit into one mount.</summary>
    public IReadOnlyList<string> GetTrees(IReadOnlyList<string> digests) => digests.Count < ShortFrom ? [.. digests.Select(GetTree)] : [.. digests.Select(Link)];

    public bool Contains(string digest) => Directory.Exists(GetTree(digest));

    /// <summary>The sum of the sizes of the layer's files.</summary>
    public long GetSize(string digest) => ReadSizes(digest)[0];

    /// <summary>The length of the layer's uncompressed archive.</summary>
    public long GetArchiveLength(string digest) => ReadSizes(digest)[1];

    /// <summary>All layers, by digest.</summary>
    public IEnumerable<string> List() =>
        Directory.Exists(_directory) ? Directory.EnumerateDirectories(_directory).Select(path => Path.GetFileName(path)).Where(name => name[0] != '.') : [];

    /// <summary>Deletes what killed processes have left half unpacked or half deleted.</summary>
    public void Sweep()
    {
        if (Directory.Exists(_directory))
            OwnedDirectory.Sweep(_directory, options.CcrunPath);
    }

    /// <summary>Waits until what was unpacked is on the disk, so that a rename can't come before the content.</summary>
    public void Flush() => Durable.SyncTree(_directory);

    /// <summary>The ids that the layer's files were given to; null when all are root's, who is the same in every user namespace.</summary>
    public IdMaps? TryReadMaps(string digest) =>
        File.Exists(MapsPath(Path.Combine(_directory, digest))) ? IdMaps.Parse(File.ReadAllText(MapsPath(Path.Combine(_directory, digest)))) : null;

    /// <summary>Unpacks a layer aside. It is not in the store until <see cref="Unpacked.Commit"/>, and leaves nothing if that is never called.</summary>
    public Unpacked Unpack(LayerSource source, Action<string>? warn, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(_directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        OwnedDirectory.Sweep(_directory, options.CcrunPath);
        var temporary = OwnedDirectory.NewPath(_directory, "import");
        try
        {
            var tree = Path.Combine(temporary, "diff");
            // 0755 unless the source says otherwise: it is the mode of the container's root directory.
            Directory.CreateDirectory(temporary);
            Directory.CreateDirectory(tree);
            File.SetUnixFileMode(tree, (UnixFileMode)0x1ED);
            var maps = OrdinaryUser.Maps;
            using var extractor = new LayerExtractor(tree, source.Path, maps, warn);
            source.RecipePath = RecipePath(temporary);
            foreach (var entry in source.Read(cancellationToken))
                extractor.Write(entry, cancellationToken);
            extractor.Finish();
            File.WriteAllText(SizePath(temporary), string.Create(CultureInfo.InvariantCulture, $"{extractor.SizeBytes} {source.ArchiveLength}"));
            if (!extractor.IsComplete)
                File.Delete(RecipePath(temporary));
            if (maps is not null)
                GiveOwners(extractor, temporary, tree, maps);
            return new Unpacked(this, temporary, source.Digest, extractor.SizeBytes, extractor.Count);
        }
        catch
        {
            OwnedDirectory.Delete(temporary, options.CcrunPath);
            throw;
        }
    }

    /// <summary>Writes a layer's uncompressed archive, the one it was made of.</summary>
    /// <returns>Its length.</returns>
    public long WriteArchive(string digest, Stream target, CancellationToken cancellationToken) =>
        LayerArchive.Write(RecipePath(Path.Combine(_directory, digest)), GetTree(digest), digest, target, cancellationToken);

    /// <summary>Takes a layer out of the store at once and deletes it then.</summary>
    public void Remove(string digest)
    {
        var grave = OwnedDirectory.NewPath(_directory, "removed");
        try
        {
            Durable.Move(Path.Combine(_directory, digest), grave);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return;
        }

        if (new FileInfo(LinkPath(digest)).LinkTarget is not null)
            File.Delete(LinkPath(digest));
        OwnedDirectory.Delete(grave, options.CcrunPath);
    }

    private string Link(string digest)
    {
        var link = LinkPath(digest);
        // Digests do not share 96 bits, so what is there is right.
        if (new FileInfo(link).LinkTarget is not null)
            return link;
        Directory.CreateDirectory(Path.GetDirectoryName(link)!);
        try
        {
            File.CreateSymbolicLink(link, $"../{digest}/diff");
        }
        catch (IOException) when (new FileInfo(link).LinkTarget is not null)
        {
            // Somebody else was as quick.
        }

        return link;
    }

    private string LinkPath(string digest) => Path.Combine(_directory, ".links", digest[..ShortLength]);

    private string CcrunPath => options.CcrunPath;

    private long[] ReadSizes(string digest) =>
        [.. File.ReadAllText(SizePath(Path.Combine(_directory, digest))).Split(' ').Select(number => long.Parse(number, NumberStyles.None, CultureInfo.InvariantCulture))];

    private static string SizePath(string layer) => Path.Combine(layer, "size");

    private static string RecipePath(string layer) => Path.Combine(layer, "recipe.gz");

    private static string MapsPath(string layer) => Path.Combine(layer, "ids");

    private void GiveOwners(LayerExtractor extractor, string directory, string tree, IdMaps maps)
    {
        if (extractor.Changes.Count > 0)
        {
            var list = Path.Combine(directory, "owners");
            OwnerChange.Write(list, extractor.Changes);
            NamespaceRoot.GiveOwners(options.CcrunPath, maps, tree, list);
            File.Delete(list);
        }

        if (extractor.HasOtherOwners)
            File.WriteAllText(MapsPath(directory), maps.ToString());
    }

    /// <summary>A layer on its way into the store.</summary>
    internal sealed class Unpacked(LayerStore store, string directory, string digest, long sizeBytes, int count) : IDisposable
    {
        public string Digest => digest;

        public long SizeBytes => sizeBytes;

        /// <summary>How many entries it has; none means that the source was empty.</summary>
        public int Count => count;

        /// <summary>Puts it into the store, unless an equal one is there. The caller holds the store's lock, and has called <see cref="Flush"/>.</summary>
        public void Commit()
        {
            if (!store.Contains(digest))
            {
                Durable.Move(directory, Path.Combine(store._directory, digest));
                return;
            }

            var own = File.Exists(MapsPath(directory)) ? File.ReadAllText(MapsPath(directory)) : null;
            if (own != store.TryReadMaps(digest)?.ToString())
            {
                EngineErrors.Throw(
                    ErrorReason.ImageInUse, $"The layer {digest[..12]} is stored with the ids that this user had when it was imported, which were others than now.", digest,
                    "Remove the images that have it with Remove-ContainerImage, and import it again.");
            }
        }

        public void Dispose() => OwnedDirectory.Delete(directory, store.CcrunPath);
    }
}
