using ContainerChaos.Linux;
using ContainerChaos.Runtime;

namespace ContainerChaos.Engine;

public sealed partial class ImageStore
{
    /// <summary>Writes images into a tar file or a directory. It is there only when it is whole; a file of the name is replaced.</summary>
    /// <param name="references">The images, as in <see cref="Get"/>.</param>
    /// <param name="path">The file; or a directory that is empty, or whose path ends with a slash.</param>
    /// <param name="format">Whose format.</param>
    /// <param name="cancellationToken">Ends the export; nothing of it stays.</param>
    /// <exception cref="ContainerException">ImageNotFound; InvalidImage, when what the store has is not any more what was imported; InvalidArgument, DiskFull, PermissionDenied.</exception>
    public void Export(IReadOnlyList<string> references, string path, ImageArchiveFormat format = ImageArchiveFormat.Docker, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfZero(references.Count);
        ArgumentException.ThrowIfNullOrEmpty(path);
        var images = references.Select(Find).ToList();
        var pins = new List<FileLock>();
        try
        {
            foreach (var (document, reference) in images)
                pins.Add(FileLock.TryShared(DocumentPath(document.Id)) ?? throw new ContainerException(ErrorReason.ImageNotFound, $"Image '{reference}' has just been removed.", reference) { Remedy = NotFoundRemedy });
            using var sink = ImageArchiveSink.Open(path);
            var writer = new ImageArchiveWriter(sink, _layers, format, () => OwnedDirectory.NewPath(_images, "spool"));
            foreach (var group in images.GroupBy(image => image.Document.Id))
                writer.Add(group.First().Document, [.. group.Select(image => image.Reference).Where(reference => reference != group.Key).Distinct()], cancellationToken);
            writer.Finish();
            foreach (var (document, reference) in images)
                Record("save", document.Id, reference);
        }
        catch (Exception e) when (EngineErrors.IsEnvironmental(e))
        {
            throw EngineErrors.From(e, $"export to '{path}'", path, Path.GetDirectoryName(Path.GetFullPath(path)) ?? "/");
        }
        finally
        {
            foreach (var pin in pins)
                pin.Dispose();
        }
    }
}
