using System.Buffers;
using System.Text.Json;

namespace ContainerChaos.Runtime;

/// <summary>What this runtime implements, whatever the host has (runtime-spec, features and features-linux).</summary>
internal static class RuntimeFeatures
{
    /// <summary>The Features structure as JSON.</summary>
    internal static byte[] Serialize(string version)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true, IndentSize = 4 }))
            Write(json, version);
        return [.. buffer.WrittenSpan, (byte)'\n'];
    }

    private static void Write(Utf8JsonWriter json, string version)
    {
        json.WriteStartObject();
        json.WriteString("ociVersionMin", "1.0.0");
        json.WriteString("ociVersionMax", RuntimeSpec.SupportedVersion);
        List("hooks", ["prestart", "createRuntime", "createContainer", "startContainer", "poststart", "poststop"]);
        List("mountOptions", MountOptionNames.All);

        json.WriteStartObject("linux");
        List("namespaces", NamespaceValidation.Types.Order(StringComparer.Ordinal));
        List("capabilities", Capabilities.All);
        json.WriteStartObject("cgroup");
        foreach (var name in (ReadOnlySpan<string>)["v1", "v2", "systemd", "systemdUser", "rdma"])
            json.WriteBoolean(name, true);
        json.WriteEndObject();
        WriteSeccomp();
        Enabled("apparmor", true);
        Enabled("selinux", true);
        Enabled("intelRdt", false);
        json.WriteStartObject("memoryPolicy");
        List("modes", LinuxValidation.MemoryModes);
        List("flags", LinuxValidation.MemoryFlags);
        json.WriteEndObject();
        json.WriteStartObject("mountExtensions");
        Enabled("idmap", true);
        json.WriteEndObject();
        Enabled("netDevices", true);
        json.WriteEndObject();

        json.WriteStartObject("annotations");
        json.WriteString("io.containerchaos.ccrun.version", version);
        json.WriteEndObject();
        List("potentiallyUnsafeConfigAnnotations", ["org.systemd.property.", "run.oci."]);
        json.WriteEndObject();

        void WriteSeccomp()
        {
            json.WriteStartObject("seccomp");
            json.WriteBoolean("enabled", true);
            List("actions", SeccompValidation.Actions);
            List("operators", SeccompValidation.Operators);
            List("archs", SeccompValidation.Architectures);
            List("knownFlags", SeccompValidation.Flags);
            List("supportedFlags", SeccompValidation.Flags);
            json.WriteEndObject();
        }

        void Enabled(string name, bool value)
        {
            json.WriteStartObject(name);
            json.WriteBoolean("enabled", value);
            json.WriteEndObject();
        }

        void List(string name, IEnumerable<string> values)
        {
            json.WriteStartArray(name);
            foreach (var value in values)
                json.WriteStringValue(value);
            json.WriteEndArray();
        }
    }
}
