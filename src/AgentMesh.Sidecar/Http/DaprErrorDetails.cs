using System.Text.Json;

namespace AgentMesh.Sidecar.Http;

/// <summary>The <c>details</c> of daprd's kit errors (kit:errors/errors.go): what went wrong, and with which component.</summary>
/// <param name="Reason">For example <c>DAPR_STATE_NOT_FOUND</c>.</param>
/// <param name="Metadata">For example the app id.</param>
/// <param name="ResourceType"><c>state</c> or <c>pubsub</c>.</param>
/// <param name="ResourceName">The component.</param>
internal sealed record DaprErrorDetails(string Reason, IReadOnlyDictionary<string, string> Metadata, string ResourceType, string ResourceName)
{
    public void WriteTo(Utf8JsonWriter json)
    {
        json.WriteStartArray("details");
        json.WriteStartObject();
        json.WriteString("@type", "type.googleapis.com/google.rpc.ErrorInfo");
        json.WriteString("domain", "dapr.io");
        json.WriteStartObject("metadata");
        foreach (var (name, value) in Metadata)
            json.WriteString(name, value);
        json.WriteEndObject();
        json.WriteString("reason", Reason);
        json.WriteEndObject();
        json.WriteStartObject();
        json.WriteString("@type", "type.googleapis.com/google.rpc.ResourceInfo");
        json.WriteString("description", "");
        json.WriteString("owner", "");
        json.WriteString("resource_name", ResourceName);
        json.WriteString("resource_type", ResourceType);
        json.WriteEndObject();
        json.WriteEndArray();
    }
}
