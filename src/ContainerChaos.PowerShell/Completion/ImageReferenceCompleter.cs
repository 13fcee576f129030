using System.Management.Automation;

namespace ContainerChaos.PowerShell;

/// <summary>The references of the images in the store.</summary>
public sealed class ImageReferenceCompleter : LiveCompleter
{
    private protected override IEnumerable<CompletionResult> Complete(string command, string prefix) =>
        EngineSession.Engine.Images.ListReferences(prefix).Select(reference => Result(reference, $"image {reference}"));
}
