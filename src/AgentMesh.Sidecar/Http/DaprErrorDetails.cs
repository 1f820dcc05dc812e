using System.Text.Json;
using System.Text.Json.Nodes;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;

namespace AgentMesh.Sidecar.Http;

/// <summary>The <c>details</c> of daprd's kit errors (kit:errors/errors.go): what went wrong, and with which component.</summary>
/// <param name="Reason">For example <c>DAPR_STATE_NOT_FOUND</c>.</param>
/// <param name="Metadata">For example the app id.</param>
/// <param name="ResourceType"><c>state</c> or <c>pubsub</c>.</param>
/// <param name="ResourceName">The component.</param>
/// <param name="Description">Publish errors repeat their text here.</param>
internal sealed record DaprErrorDetails(string Reason, IReadOnlyDictionary<string, string> Metadata, string ResourceType, string ResourceName, string Description = "")
{
    private static readonly JsonFormatter Formatter = new(JsonFormatter.Settings.Default.WithFormatDefaultValues(true).WithPreserveProtoFieldNames(true)
        .WithTypeRegistry(TypeRegistry.FromMessages(ErrorInfo.Descriptor, ResourceInfo.Descriptor)));

    /// <summary>As gRPC carries them.</summary>
    public IEnumerable<Any> ToMessages() =>
    [
        Any.Pack(new ErrorInfo { Reason = Reason, Domain = "dapr.io", Metadata = { Metadata.ToDictionary() } }),
        Any.Pack(new ResourceInfo { ResourceType = ResourceType, ResourceName = ResourceName, Description = Description }),
    ];

    /// <summary>As HTTP carries them.</summary>
    public void WriteTo(Utf8JsonWriter json)
    {
        json.WriteStartArray("details");
        foreach (var detail in ToMessages())
            JsonNode.Parse(Formatter.Format(detail))!.WriteTo(json);
        json.WriteEndArray();
    }
}
