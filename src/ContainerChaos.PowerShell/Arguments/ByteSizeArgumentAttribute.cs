using ContainerChaos.Runtime;

namespace ContainerChaos.PowerShell;

/// <summary>A size: <c>64MB</c> as PowerShell's number, <c>'64m'</c> or <c>'1g'</c> as Docker writes it, or plain bytes; -1 where that means no limit.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class ByteSizeArgumentAttribute : EngineArgumentAttribute
{
    private protected override object? Convert(object value) => value is string text and not "-1" ? ByteSize.Parse(text) : null;
}
