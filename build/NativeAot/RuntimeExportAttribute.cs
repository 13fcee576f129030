namespace System.Runtime;

/// <summary>
/// The compiler's mark of a function that is exported without a transition into the runtime, which may not have been started. It
/// goes by the name, and the library's own is internal.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class RuntimeExportAttribute(string entryPoint) : Attribute
{
    /// <summary>The function's name for the linker.</summary>
    public string EntryPoint { get; } = entryPoint;
}
