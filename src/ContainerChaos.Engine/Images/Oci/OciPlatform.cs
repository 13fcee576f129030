using System.Runtime.InteropServices;
using System.Text.Json.Serialization;

namespace ContainerChaos.Engine;

/// <summary>What an image runs on, in Go's words (image-spec, image-index.md, "platform").</summary>
internal sealed record OciPlatform
{
    [JsonPropertyName("architecture")]
    public string Architecture { get; set; } = "";

    [JsonPropertyName("os")]
    public string Os { get; set; } = "";

    [JsonPropertyName("variant")]
    public string? Variant { get; set; }

    /// <summary>This machine's.</summary>
    public static OciPlatform Current { get; } = new()
    {
        Os = "linux",
        Architecture = RuntimeInformation.OSArchitecture switch
        {
            System.Runtime.InteropServices.Architecture.X64 => "amd64",
            System.Runtime.InteropServices.Architecture.Arm64 => "arm64",
            System.Runtime.InteropServices.Architecture.Arm => "arm",
            System.Runtime.InteropServices.Architecture.X86 => "386",
            var other => other.ToString().ToLowerInvariant(),
        },
    };

    /// <summary>How well it suits this machine: 0 for the very same, more for a poorer variant, null for not at all.</summary>
    [JsonIgnore]
    public int? Distance => Os != Current.Os || Architecture != Current.Architecture ? null : (Architecture, Variant) switch
    {
        // arm64 is v8; of amd64 the plain one runs everywhere, and v2 upwards may not.
        (_, null or "" or "v8" or "v1") => 0,
        ("arm", "v7") => 1,
        ("arm", "v6") => 2,
        _ => 3,
    };

    public override string ToString() => string.IsNullOrEmpty(Variant) ? $"{Os}/{Architecture}" : $"{Os}/{Architecture}/{Variant}";
}
