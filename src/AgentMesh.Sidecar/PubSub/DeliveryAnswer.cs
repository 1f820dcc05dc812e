using System.Text.Json;
using AgentMesh.Sidecar.Resiliency;

namespace AgentMesh.Sidecar.PubSub;

/// <summary>What an app's answer to an event means (dapr: pkg/runtime/subscription/postman/http).</summary>
internal static class DeliveryAnswer
{
    /// <summary>To one event: the status counts first, then the <c>status</c> of a JSON body. An empty body, or one that cannot be read, is a success.</summary>
    public static Attempt Judge(int statusCode, byte[] body) => statusCode switch
    {
        StatusCodes.Status404NotFound => new Attempt(AttemptOutcome.Dropped, statusCode),
        < 200 or > 299 => new Attempt(AttemptOutcome.Failed, statusCode),
        _ => new Attempt(JsonText.TryParse(body) is { ValueKind: JsonValueKind.Object } answer ? Outcome(answer) : AttemptOutcome.Success),
    };

    /// <summary>To a batch: entry ids and outcomes; null when the body is no such document. Entries not mentioned are to be tried again.</summary>
    public static IEnumerable<(string EntryId, AttemptOutcome Outcome)>? ReadStatuses(byte[] body) =>
        JsonText.TryParse(body) is { ValueKind: JsonValueKind.Object } answer
        && JsonText.Member(answer, "statuses") is { ValueKind: JsonValueKind.Array } statuses
            ? statuses.EnumerateArray().Where(item => item.ValueKind == JsonValueKind.Object).Select(item => (JsonText.Text(item, "entryId"), Outcome(item)))
            : null;

    private static AttemptOutcome Outcome(JsonElement answer) => JsonText.Text(answer, "status") switch
    {
        "SUCCESS" or "" => AttemptOutcome.Success,
        "DROP" => AttemptOutcome.Dropped,
        _ => AttemptOutcome.Failed, // RETRY, and what nobody knows
    };
}
