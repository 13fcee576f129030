using System.Management.Automation;
using ContainerChaos.Engine;
using ContainerChaos.Runtime;

namespace ContainerChaos.PowerShell;

/// <summary>Copies files and folders into containers, out of them, and between them.</summary>
[Cmdlet(VerbsCommon.Copy, "ContainerItem", SupportsShouldProcess = true, DefaultParameterSetName = "Path")]
public sealed class CopyContainerItemCommand : ContainerChaosCmdlet
{
    /// <summary>
    /// What to copy: <c>NAME:/path</c> in a container, or a path of the host. Wildcards are allowed in both; in a container in the last part. With
    /// containers from the pipeline <c>:/path</c> is in each of them. A path that ends with <c>/.</c> means what is in that folder.
    /// </summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true, ParameterSetName = "Path")]
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = ParameterSets.ByObject)]
    [Alias("FullName", "LiteralPath", "PSPath")]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[] Path { get; set; } = [];

    /// <summary>Where to: a folder that exists, or the new name. Written like -Path, without wildcards.</summary>
    [Parameter(Mandatory = true, Position = 1)]
    [ValidateNotNullOrEmpty]
    public string Destination { get; set; } = "";

    /// <summary>Container objects, whose files <c>:/path</c> means.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = ParameterSets.ByObject)]
    [ValidateNotNull]
    public Container[] InputObject { get; set; } = [];

    /// <summary>Copy what a symbolic link leads to that -Path names, not the link itself.</summary>
    [Parameter]
    [Alias("L")]
    public SwitchParameter FollowLink { get; set; }

    /// <summary>Keep owners, groups and extended attributes. Without it files become root's in a container, and yours on the host.</summary>
    [Parameter]
    [Alias("a")]
    public SwitchParameter Archive { get; set; }

    private readonly List<CopyLocation> sources = [];

    /// <summary>Collects what is to be copied; with containers from the pipeline, copies for each.</summary>
    protected override void ProcessRecord()
    {
        if (ParameterSetName != ParameterSets.ByObject)
        {
            sources.AddRange(Path.SelectMany(path => Locate(path, null)));
            return;
        }

        foreach (var container in InputObject)
            Copy([.. Path.SelectMany(path => Locate(path, container))], Locate(Destination, container, isPattern: false).Single());
    }

    /// <summary>Copies: more than one thing only into a folder.</summary>
    protected override void EndProcessing()
    {
        if (sources.Count > 0)
            Copy(sources, Locate(Destination, null, isPattern: false).Single());
    }

    private void Copy(IReadOnlyList<CopyLocation> from, CopyLocation to)
    {
        if (!ShouldProcess($"{string.Join(", ", from)} → {to}", "Copy"))
            return;
        FileCopyResult? result = null;
        var options = new ContainerCopyOptions { FollowLink = FollowLink, Archive = Archive };
        if (!Attempt(null, () => result = Engine.Copy(from, to, options, Cancellation)))
            return;
        foreach (var warning in result!.Warnings)
            WriteWarning(warning);
        WriteVerbose($"{to}: {result.Files} files, {HumanText.Size(result.Bytes)}.");
    }

    /// <summary>As docker cp reads it: what is before a colon is a container, unless it begins like a path or is a drive of PowerShell's.</summary>
    private IEnumerable<CopyLocation> Locate(string text, Container? container, bool isPattern = true)
    {
        var colon = text.IndexOf(':');
        if (colon == 0 && container is not null)
            return [new CopyLocation(container.Id, text[1..])];
        if (colon > 0 && text.IndexOf("::", StringComparison.Ordinal) != colon && text[0] is not ('/' or '.' or '~' or '\\') && !text.AsSpan(0, colon).Contains('/') && !IsDrive(text[..colon]))
            return [new CopyLocation(text[..colon], text[(colon + 1)..])];
        // A trailing slash and dot say what is meant, and PowerShell's paths lose them.
        var ending = text.EndsWith("/.", StringComparison.Ordinal) || text == "." ? "/." : text.EndsWith('/') ? "/" : "";
        if (isPattern && WildcardPattern.ContainsWildcardCharacters(text))
            return SessionState.Path.GetResolvedProviderPathFromPSPath(text, out _).Select(path => new CopyLocation(null, path + ending));
        return [new CopyLocation(null, ResolvePath(text).TrimEnd('/') + ending)];
    }

    // A container that has a drive's name is what this command is about.
    private bool IsDrive(string name) =>
        SessionState.Drive.GetAll().Any(drive => drive.Name.Equals(name, StringComparison.OrdinalIgnoreCase)) && !Engine.ListNames(name).Contains(name);
}
