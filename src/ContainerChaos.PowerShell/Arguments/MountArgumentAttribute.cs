using System.Collections;
using System.Globalization;
using System.Management.Automation;

namespace ContainerChaos.PowerShell;

/// <summary>Makes tables of a mount's fields the text that Docker writes them as.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class MountArgumentAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        var input = inputData is PSObject wrapped ? wrapped.BaseObject : inputData;
        return input switch
        {
            IDictionary table => new[] { Text(table) },
            object[] list => Array.ConvertAll(list, item => (item is PSObject one ? one.BaseObject : item) is IDictionary table ? Text(table) : (object)(item?.ToString() ?? "")),
            _ => input!,
        };
    }

    private static string Text(IDictionary table) => string.Join(',', table.Keys.Cast<object>().SelectMany(key => Fields((string)LanguagePrimitives.ConvertTo(key, typeof(string), CultureInfo.InvariantCulture), table[key])));

    private static IEnumerable<string> Fields(string key, object? value) => (value is PSObject wrapped ? wrapped.BaseObject : value) switch
    {
        // volume-label and volume-opt.
        IDictionary pairs => pairs.Keys.Cast<object>().Select(name => Quote($"{key}={name}={pairs[name]}")),
        bool flag => [flag ? key : $"{key}=false"],
        SwitchParameter flag => [flag ? key : $"{key}=false"],
        var text => [Quote($"{key}={LanguagePrimitives.ConvertTo(text, typeof(string), CultureInfo.InvariantCulture)}")],
    };

    private static string Quote(string field) => field.Contains(',') ? $"\"{field}\"" : field;
}
