using System.Xml;
using System.Xml.Linq;

namespace OrleansEcho.LoadTest.Reports;

/// <summary>Names come from people: not every character of theirs may stand in a document.</summary>
internal static class XmlText
{
    /// <summary>Replaces what no document may have in it, in all texts and attributes below an element.</summary>
    public static void Clean(XElement root)
    {
        foreach (var element in root.DescendantsAndSelf())
        {
            foreach (var attribute in element.Attributes()) attribute.Value = Clean(attribute.Value);
            foreach (var text in element.Nodes().OfType<XText>()) text.Value = Clean(text.Value);
        }
    }

    private static string Clean(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (IsWell(text, i)) continue;
            return string.Concat(text.Select((c, at) => IsWell(text, at) ? c : '\uFFFD'));
        }

        return text;
    }

    private static bool IsWell(string text, int i) => XmlConvert.IsXmlChar(text[i])
        || (char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
        || (char.IsLowSurrogate(text[i]) && i > 0 && char.IsHighSurrogate(text[i - 1]));
}
