namespace AgentMesh.Testing.Otlp;

/// <summary>A span that has arrived.</summary>
/// <param name="Service">The resource's <c>service.name</c>.</param>
/// <param name="Source">The scope's name.</param>
/// <param name="Name">Its name.</param>
/// <param name="Trace">Trace id, hexadecimal.</param>
/// <param name="Id">Span id.</param>
/// <param name="Parent">Id of the parent; empty: none.</param>
/// <param name="Tags">Its attributes that are text, truth values or integers.</param>
/// <param name="Links">Trace ids that it is linked to.</param>
public sealed record OtlpSpan(
    string Service, string Source, string Name, string Trace, string Id, string Parent, IReadOnlyDictionary<string, string> Tags, IReadOnlyList<string> Links)
{
    /// <summary>The spans of an <c>ExportTraceServiceRequest</c>; field numbers are those of opentelemetry-proto 1.x, <c>trace.proto</c>.</summary>
    internal static IEnumerable<OtlpSpan> ReadAll(ReadOnlyMemory<byte> request) =>
        from resource in new ProtoMessage(request).All(1)
        let service = TagsOf(resource.One(1), 1).GetValueOrDefault("service.name", "")
        from scope in resource.All(2)
        from span in scope.All(2)
        select new OtlpSpan(
            service, scope.One(1).Text(1), span.Text(5), span.Hex(1), span.Hex(2), span.Hex(4), TagsOf(span, 9), [.. span.All(13).Select(link => link.Hex(1))]);

    private static Dictionary<string, string> TagsOf(ProtoMessage message, int field)
    {
        var tags = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var tag in message.All(field))
        {
            var value = tag.One(2);
            tags[tag.Text(1)] = value.Text(1) is { Length: > 0 } text ? text : value.Number(3).ToString(System.Globalization.CultureInfo.InvariantCulture);
        }

        return tags;
    }
}
