using ContainerChaos.Linux;
using ContainerChaos.Runtime;
using ContainerChaos.Supervisor;

namespace ContainerChaos.Engine;

/// <summary>Images whose files can't be read, as a failing disk can leave them. They do not keep the others from working.</summary>
public sealed partial class ImageStore
{
    /// <summary>What is damaged: the name or the id to remove it by, and why.</summary>
    public IReadOnlyList<(string Reference, string Damage)> ListDamaged()
    {
        var damaged = new List<(string, string)>();
        foreach (var path in Directory.Exists(_references) ? Directory.EnumerateFiles(_references) : [])
        {
            if (TryReadReference(ToReference(path)) is null && File.Exists(path))
                damaged.Add((ToReference(path), $"{path} does not say which image it is."));
        }

        foreach (var path in Directory.Exists(_images) ? Directory.EnumerateFiles(_images, "*.json") : [])
        {
            if (Damage(path) is { } damage)
                damaged.Add(("sha256:" + Path.GetFileNameWithoutExtension(path), damage));
        }

        return damaged;
    }

    /// <summary>Whether a reference or an id is that of a damaged image.</summary>
    /// <param name="reference">As in <see cref="Get"/>.</param>
    public bool IsDamaged(string reference)
    {
        ArgumentException.ThrowIfNullOrEmpty(reference);
        return FindDamaged(reference).Count > 0;
    }

    private static string? Damage(string path)
    {
        try
        {
            JsonFile.TryRead(path, s_form);
            return null;
        }
        catch (ContainerException e) when (e.Reason == ErrorReason.StoreDamaged)
        {
            return e.Message;
        }
    }

    /// <summary>The files that a damaged image is found by; none when the text means none.</summary>
    private List<(string Path, string Damage)> FindDamaged(string reference)
    {
        var found = new List<(string, string)>();
        if (ImageReference.TryNormalize(reference, out var normalized) && File.Exists(ReferencePath(normalized)))
        {
            if (TryReadReference(normalized) is not { } id)
                found.Add((ReferencePath(normalized), $"{ReferencePath(normalized)} does not say which image it is."));
            else if (Damage(DocumentPath(id)) is { } damage)
                found.Add((DocumentPath(id), damage));
            return found;
        }

        var prefix = reference.StartsWith("sha256:", StringComparison.Ordinal) ? reference["sha256:".Length..] : reference;
        if (prefix.Length is < 4 or > 64 || prefix.AsSpan().ContainsAnyExcept("0123456789abcdef") || !Directory.Exists(_images))
            return found;
        foreach (var path in Directory.GetFiles(_images, prefix + "*.json"))
        {
            if (Damage(path) is { } damage)
                found.Add((path, damage));
        }

        return found;
    }

    private void ThrowIfDamaged(string reference, string normalized)
    {
        if (FindDamaged(reference) is [var (_, damage), ..])
            EngineErrors.Throw(ErrorReason.StoreDamaged, $"The image '{normalized}' can't be used: {damage}", reference, $"Import or receive it again, which mends it; or remove it: Remove-ContainerImage {reference}");
    }

    private bool TryRemoveDamaged(string reference)
    {
        if (FindDamaged(reference) is not { Count: > 0 } damaged)
            return false;
        try
        {
            using var storeLock = FileLock.Exclusive(LockPath);
            foreach (var (path, _) in damaged)
            {
                var id = "sha256:" + Path.GetFileNameWithoutExtension(path);
                if (path.EndsWith(".json", StringComparison.Ordinal) && FindUsers(id) is { Count: > 0 } users)
                    EngineErrors.Throw(ErrorReason.ImageInUse, $"Cannot remove image '{reference}': used by {Enumerate(users)}.", reference, "Remove the containers first.");
                foreach (var (name, _) in ReadReferences().Where(pair => pair.Id == id).ToList())
                    Durable.Delete(ReferencePath(name));
                Durable.Delete(path);
                _documents.TryRemove(id, out _);
            }

            Sweep();
            return true;
        }
        catch (Exception e) when (EngineErrors.IsEnvironmental(e))
        {
            throw EngineErrors.From(e, $"remove image '{reference}'", reference, _options.DataRoot);
        }
    }
}
