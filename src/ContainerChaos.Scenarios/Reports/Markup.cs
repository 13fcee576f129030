using System.Globalization;
using System.Net;
using System.Text;

namespace ContainerChaos.Scenarios.Reports;

/// <summary>Appends HTML and SVG; interpolated values are escaped, numbers are written with a point.</summary>
internal sealed class Markup
{
    private readonly StringBuilder _text = new();

    internal Markup Raw(string html)
    {
        _text.Append(html);
        return this;
    }

    internal Markup Raw(Markup other)
    {
        _text.Append(other._text);
        return this;
    }

    internal Markup Add(FormattableString html)
    {
        object?[] escaped = [.. html.GetArguments().Select(Escape)];
        _text.AppendFormat(CultureInfo.InvariantCulture, html.Format, escaped);
        return this;
    }

    public override string ToString() => _text.ToString();

    private static object? Escape(object? value) => value switch
    {
        string text => WebUtility.HtmlEncode(text),
        Markup markup => markup.ToString(),
        double number => new Number(number),
        _ => value,
    };

    // Two decimals are a hundredth of a pixel.
    private readonly record struct Number(double Value) : IFormattable
    {
        public string ToString(string? format, IFormatProvider? provider) => Value.ToString(format ?? "0.##", provider);
    }
}
