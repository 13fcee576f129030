using System.Collections.Concurrent;
using ContainerChaos.Linux;
using ContainerChaos.Runtime;
using ContainerChaos.Supervisor;

namespace ContainerChaos.Engine;

/// <summary>The images of one data root: a layer is stored once, by its digest, and shared read-only by every container.</summary>
/// <remarks>
/// <c>images/DIGEST.json</c> says what an image is, <c>images/references/NAME</c> which image has a name, <c>layers/DIGEST/diff</c> is a layer's tree.
/// Imports and removals exclude each other by a lock that creating and starting containers never takes.
/// </remarks>
public sealed partial class ImageStore
{
    private static readonly JsonForm<ImageDocument> s_form = new(EngineJson.Default.ImageDocument);
    private readonly EngineOptions _options;
    private readonly string _images;
    private readonly string _references;
    private readonly LayerStore _layers;
    private readonly ConcurrentDictionary<string, ImageDocument> _documents = [];

    internal ImageStore(EngineOptions options)
    {
        _options = options;
        _images = Path.Combine(options.DataRoot, "images");
        _references = Path.Combine(_images, "references");
        _layers = new LayerStore(options);
    }

    private string LockPath => Path.Combine(_images, ".lock");

    /// <summary>All images, by reference. The embedded <c>target:latest</c> is among them.</summary>
    /// <exception cref="ContainerException">PermissionDenied, DiskFull.</exception>
    public IReadOnlyList<Image> List()
    {
        if (File.Exists(_options.TargetPath))
            EnsureEmbedded();
        var images = new List<Image>();
        foreach (var (reference, id) in ReadReferences())
        {
            if (TryReadDocument(id) is { } document)
                images.Add(document.ToImage(reference));
        }

        return images;
    }

    /// <summary>The references that begin with a prefix, in order. It reads one directory, so completion can call it.</summary>
    /// <param name="prefix">The beginning of a reference; empty for all.</param>
    public IReadOnlyList<string> ListReferences(string prefix)
    {
        IEnumerable<string> names = Directory.Exists(_references) ? Directory.EnumerateFiles(_references).Select(ToReference) : [];
        return [.. names.Append(EmbeddedReference).Distinct()
            .Where(name => name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase)).Order(StringComparer.Ordinal)];
    }

    /// <summary>Finds an image. <c>target:latest</c> is made of the embedded binary on its first use.</summary>
    /// <param name="reference"><c>repository[:tag]</c>, or an id or a unique prefix of one.</param>
    /// <exception cref="ContainerException">ImageNotFound; InvalidName for text that is neither; InvalidArgument for an ambiguous prefix.</exception>
    public Image Get(string reference)
    {
        var (document, normalized) = Find(reference);
        return document.ToImage(normalized);
    }

    /// <summary>Removes a reference, and with its last one the image and the layers that no other image has.</summary>
    /// <param name="reference">As in <see cref="Get"/>; an id removes all references of the image.</param>
    /// <param name="force">Remove the references even though containers use the image; the image itself stays until it is removed without them.</param>
    /// <exception cref="ContainerException">ImageNotFound; ImageInUse, with the containers' names.</exception>
    public void Remove(string reference, bool force = false)
    {
        ArgumentException.ThrowIfNullOrEmpty(reference);
        if (TryRemoveDamaged(reference))
            return;
        var (document, normalized) = Find(reference);
        try
        {
            using var storeLock = FileLock.Exclusive(LockPath);
            // Whoever is creating a container from it holds a shared lock until that container can be seen below.
            using var imageLock = FileLock.TryExclusive(DocumentPath(document.Id));
            var names = ReadReferences().Where(pair => pair.Id == document.Id).Select(pair => pair.Reference).ToList();
            var removed = normalized == document.Id ? names : names.Where(name => name == normalized).ToList();
            if (imageLock is null || (removed.Count == 0 && names.Count > 0))
                EngineErrors.Throw(ErrorReason.ImageNotFound, $"No image '{normalized}'.", reference, NotFoundRemedy);
            var users = removed.Count == names.Count ? FindUsers(document.Id) : [];
            if (users.Count > 0 && !force)
            {
                EngineErrors.Throw(
                    ErrorReason.ImageInUse, $"Cannot remove image '{normalized}': used by {Enumerate(users)}.", normalized,
                    "Remove the containers first, or use -Force to remove only the name.");
            }

            foreach (var name in removed)
            {
                Durable.Delete(ReferencePath(name));
                Record("untag", document.Id, name);
            }

            if (removed.Count < names.Count || users.Count > 0)
                return;
            DeleteDocument(document);
            Sweep();
        }
        catch (Exception e) when (EngineErrors.IsEnvironmental(e))
        {
            throw EngineErrors.From(e, $"remove image '{normalized}'", normalized, _options.DataRoot);
        }
    }

    /// <summary>The lower directories of an image's overlay, top layer first.</summary>
    internal IReadOnlyList<string> GetLowerDirs(Image image) =>
        _layers.GetTrees([.. image.Layers.Reverse().Select(layer => layer["sha256:".Length..])]);

    /// <summary>The ids of an ordinary user's container of an image: those that its layers were imported with; null for root.</summary>
    /// <exception cref="ContainerException">PermissionDenied: they are not the user's any more.</exception>
    internal IdMaps? GetMaps(Image image)
    {
        if (OrdinaryUser.Maps is not { } own)
            return null;
        var imported = image.Layers.Select(layer => _layers.TryReadMaps(layer["sha256:".Length..])).FirstOrDefault(maps => maps is not null);
        if (imported is null or { HasOthers: false } || imported.ToString() == own.ToString())
            return imported ?? own;
        throw new ContainerException(
            ErrorReason.PermissionDenied, $"Image '{image.Reference}' was imported with other subordinate ids than this user has now, so its files would have wrong owners.", image.Reference)
        {
            Remedy = "Import it again after Remove-ContainerImage, or have the former ranges in /etc/subuid and /etc/subgid restored.",
        };
    }

    /// <summary>Keeps an image from being removed until the lock is disposed; null when it has just been.</summary>
    internal FileLock? TryPin(Image image) => FileLock.TryShared(DocumentPath(image.Id));

    private const string NotFoundRemedy = "Import one with Import-ContainerImage, or see Get-ContainerImage for those there are; 'target' is built in.";

    private (ImageDocument Document, string Reference) Find(string reference)
    {
        ArgumentException.ThrowIfNullOrEmpty(reference);
        if (ImageReference.TryNormalize(reference, out var normalized))
        {
            if (normalized == EmbeddedReference)
                return (EnsureEmbedded(), normalized);
            if (TryReadReference(normalized) is { } id && TryReadDocument(id) is { } document)
                return (document, normalized);
        }

        var prefix = reference.StartsWith("sha256:", StringComparison.Ordinal) ? reference["sha256:".Length..] : reference;
        if (prefix.Length is >= 4 and <= 64 && !prefix.AsSpan().ContainsAnyExcept("0123456789abcdef") && Directory.Exists(_images))
        {
            var matches = Directory.GetFiles(_images, prefix + "*.json");
            if (matches.Length > 1)
                EngineErrors.Throw(ErrorReason.InvalidArgument, $"'{reference}' is the beginning of {matches.Length} image ids.", reference, "Give more digits.");
            if (matches.Length == 1 && TryReadDocument("sha256:" + Path.GetFileNameWithoutExtension(matches[0])) is { } document)
                return (document, document.Id);
        }

        ImageReference.Normalize(reference);
        ThrowIfDamaged(reference, normalized);
        throw new ContainerException(ErrorReason.ImageNotFound, $"No image '{normalized}'.", reference) { Remedy = NotFoundRemedy };
    }

    private List<string> FindUsers(string id)
    {
        var containers = Path.Combine(_options.DataRoot, "containers");
        var users = new List<string>();
        foreach (var directory in Directory.Exists(containers) ? Directory.EnumerateDirectories(containers) : [])
        {
            var definition = JsonFile.TryReadIntact(Path.Combine(directory, "container.json"), SupervisorJson.ContainerDefinition);
            if (definition?.ImageId == id)
                users.Add(definition.Name);
        }

        users.Sort(StringComparer.Ordinal);
        return users;
    }

    private static string Enumerate(List<string> names) => names.Count switch
    {
        1 => $"container '{names[0]}'",
        <= 5 => "containers " + string.Join(", ", names.Select(name => $"'{name}'")),
        _ => $"containers {string.Join(", ", names.Take(5).Select(name => $"'{name}'"))} and {names.Count - 5} more",
    };

    private IEnumerable<(string Reference, string Id)> ReadReferences() =>
        from path in Directory.Exists(_references) ? Directory.EnumerateFiles(_references) : []
        let reference = ToReference(path)
        orderby reference
        let id = TryReadReference(reference)
        where id is not null
        select (reference, id);

    private ImageDocument? TryReadDocument(string id)
    {
        // It may be gone meanwhile, by another process.
        if (_documents.TryGetValue(id, out var cached) && File.Exists(DocumentPath(id)))
            return cached;
        var document = JsonFile.TryReadIntact(DocumentPath(id), s_form);
        return document is null ? null : _documents.GetOrAdd(id, document);
    }

    private string? TryReadReference(string reference)
    {
        try
        {
            return File.ReadAllText(ReferencePath(reference)) is { Length: 71 } id && id.StartsWith("sha256:", StringComparison.Ordinal) ? id : null;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    private void Record(string type, string id, string name) => ObjectEvents.Record(_options, EventTypes.Image, type, id, name);

    private string DocumentPath(string id) => Path.Combine(_images, id["sha256:".Length..] + ".json");

    private string ReferencePath(string reference) => Path.Combine(_references, Uri.EscapeDataString(reference));

    private static string ToReference(string path) => Uri.UnescapeDataString(Path.GetFileName(path));
}
