using System.Management.Automation;
using ContainerChaos.Runtime;

namespace ContainerChaos.PowerShell;

/// <summary>An argument written in one of several forms, turned into the parameter's type before it is bound.</summary>
[AttributeUsage(AttributeTargets.Property)]
public abstract class EngineArgumentAttribute : ArgumentTransformationAttribute
{
    /// <summary>Turns the argument into the parameter's type.</summary>
    /// <param name="engineIntrinsics">PowerShell's engine.</param>
    /// <param name="inputData">The argument as written.</param>
    /// <returns>The value to bind; the argument itself when PowerShell's own conversion is right.</returns>
    public sealed override object Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        var value = inputData is PSObject wrapped ? wrapped.BaseObject : inputData;
        try
        {
            return Convert(ReadsUnits ? Written(inputData) ?? value : value) ?? inputData;
        }
        catch (ContainerException e)
        {
            throw new ArgumentTransformationMetadataException(e.Remedy is null ? e.Message : e.Message + " " + e.Remedy, e);
        }
        catch (FormatException e)
        {
            throw new ArgumentTransformationMetadataException(e.Message, e);
        }
    }

    /// <summary>Whether the argument may be a number with a unit.</summary>
    private protected virtual bool ReadsUnits => false;

    // PowerShell reads 5s as a short and 1d as a decimal, and keeps the text for its own conversions.
    private static string? Written(object input) =>
        input is PSObject { BaseObject: short or decimal } && LanguagePrimitives.TryConvertTo<string>(input, out var text) && char.IsAsciiLetter(text[^1]) ? text : null;

    /// <summary>The value of an argument; null leaves it to PowerShell.</summary>
    private protected abstract object? Convert(object value);
}
