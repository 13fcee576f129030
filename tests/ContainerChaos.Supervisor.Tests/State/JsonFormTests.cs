using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using ContainerChaos.Linux;
using ContainerChaos.Runtime;

namespace ContainerChaos.Supervisor.Tests;

public sealed class JsonFormTests
{
    private int _number;
    private int _variant;

    [Fact]
    public void Every_property_of_a_file_is_written_and_read()
    {
        Holds(SupervisorJson.ContainerDefinition);
        Holds(SupervisorJson.ContainerState);
        Holds(SupervisorJson.ClockOffsets);
        Holds(SupervisorJson.ContainerEvent);
        Holds(SupervisorJson.ContainerNetworks);
        Holds(SupervisorJson.NetworkDefinition);
        Holds(SupervisorJson.VolumeDefinition);
    }

    [Fact]
    public void Every_property_of_a_message_is_written_and_read()
    {
        Holds(ProtocolJson.MonitorReply);
        // What a process may be is the runtime-spec's, whose reader has tests of its own.
        Holds(ProtocolJson.MonitorRequest, typeof(ProcessSpec));
        var process = new ProcessSpec { Args = ["sh", "-c", "exit 3"], Cwd = "/srv", Env = ["A=b"], Terminal = true, ConsoleSize = new ConsoleSizeSpec { Width = 80, Height = 25 } };
        var read = ProtocolJson.MonitorRequest.Read(ProtocolJson.MonitorRequest.ToBytes(new MonitorRequest { Op = "exec", Process = process }), "").Process!;
        Assert.Equal(JsonSerializer.Serialize(process), JsonSerializer.Serialize(read));
    }

    [Theory]
    [InlineData("")]
    [InlineData("\0 and \u001b[31m")]
    [InlineData("\"\\ <ü> \u2028 \U0001F600")]
    public void A_text_stays_as_it_is(string text)
    {
        var definition = new ContainerDefinition { Id = "1", Name = "n", Labels = new Dictionary<string, string> { [text] = text }, Command = [text] };
        var read = SupervisorJson.ContainerDefinition.Read(SupervisorJson.ContainerDefinition.ToBytes(definition), "");
        Assert.Equal((text, text), (read.Labels[text], Assert.Single(read.Command)));
    }

    [Theory]
    [InlineData("""{"id":"1"}""", "'name' is missing")]
    [InlineData("""{"id":"1","name":"n","restartPolicy":{"kind":"sometimes"}}""", "restartPolicy.kind: one of no, on-failure, always, unless-stopped is expected")]
    [InlineData("""{"id":"1","name":"n","stopTimeout":10}""", "stopTimeout")]
    [InlineData("""{"id":"1","name":"n","mounts":[{"type":"bind"}]}""", "'destination' is missing")]
    [InlineData("""{"id":"1","name":"n" """, "ends too early")]
    public void What_is_wrong_is_told_with_its_place(string document, string message)
    {
        var error = Assert.Throws<ContainerException>(() => SupervisorJson.ContainerDefinition.Read(Encoding.UTF8.GetBytes(document), "container.json"));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    private void Holds<T>(JsonForm<T> form, params Type[] except)
        where T : class
    {
        // As many as the largest enumeration has values.
        for (_variant = 0; _variant < 7; _variant++)
        {
            var value = (T)Fill(typeof(T), except)!;
            var document = form.ToBytes(value);
            Assert.Equal(JsonSerializer.Serialize(value), JsonSerializer.Serialize(form.Read(document, typeof(T).Name)));
            using var json = JsonDocument.Parse(document);
            var names = Properties(typeof(T)).Where(property => !except.Contains(property.PropertyType)).Select(property => JsonNamingPolicy.CamelCase.ConvertName(property.Name));
            Assert.Equal(names.Order(), json.RootElement.EnumerateObject().Select(property => property.Name).Order());
        }
    }

    private static IEnumerable<PropertyInfo> Properties(Type type) =>
        type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(property => property.CanWrite && property.GetCustomAttribute<JsonIgnoreAttribute>() is null);

    private object? Fill(Type type, Type[] except)
    {
        if (except.Contains(type))
            return null;
        type = Nullable.GetUnderlyingType(type) ?? type;
        _number++;
        if (type == typeof(string))
            return $"text {_number}";
        if (type == typeof(bool))
            return true;
        if (type == typeof(TimeSpan))
            return TimeSpan.FromMilliseconds(_number * 1001);
        if (type == typeof(DateTimeOffset))
            return DateTimeOffset.UnixEpoch.AddTicks(_number * 1_234_567_890_123);
        if (type == typeof(double))
            return _number + 0.1;
        if (type == typeof(TerminalSize))
            return new TerminalSize(80, (ushort)_number);
        if (type.IsEnum)
            return Enum.GetValues(type).GetValue(_variant % Enum.GetValues(type).Length);
        if (type.IsPrimitive)
            return Convert.ChangeType(_number, type, null);
        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IReadOnlyDictionary<,>))
            return new Dictionary<string, string> { [$"key {_number}"] = "value" };
        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IReadOnlyList<>))
        {
            var item = type.GetGenericArguments()[0];
            var list = Array.CreateInstance(item, 2);
            list.SetValue(Fill(item, except), 0);
            list.SetValue(Fill(item, except), 1);
            return list;
        }
        var value = RuntimeHelpers.GetUninitializedObject(type);
        foreach (var property in Properties(type))
            property.SetValue(value, Fill(property.PropertyType, except));
        return value;
    }
}
