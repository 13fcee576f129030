using System.Xml;

namespace ContainerChaos.Scenarios.Reports;

/// <summary>Text of containers in XML 1.0, which has no way at all to write most control characters.</summary>
internal static class XmlText
{
    internal static string Clean(string text) => string.Create(text.Length, text, (span, source) =>
    {
        for (int i = 0; i < span.Length; i++)
        {
            bool pair = i + 1 < source.Length && XmlConvert.IsXmlSurrogatePair(source[i + 1], source[i]);
            if (pair)
                (span[i], span[i + 1]) = (source[i], source[++i]);
            else
                span[i] = XmlConvert.IsXmlChar(source[i]) ? source[i] : '\uFFFD';
        }
    });
}
