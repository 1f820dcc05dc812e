using System.Text.Json.Serialization;
using System.Text.Unicode;
using AgentMesh.Contracts.Agents;
using AgentMesh.Gateway.Payments;

namespace AgentMesh.Gateway.Buying;

/// <summary>What was bought.</summary>
/// <param name="Status">The HTTP status of the server's answer.</param>
/// <param name="ContentType">Of its body; null: not said.</param>
/// <param name="Body">Its body; null when that is not text.</param>
/// <param name="BodyBase64">Its body in base64; only when it is not text.</param>
/// <param name="Payment">What was paid; null: nothing.</param>
internal sealed record PayResponse(
    int Status, string? ContentType, string? Body, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? BodyBase64, PaymentResponse? Payment)
{
    /// <summary>The answer of a purchase that has one.</summary>
    public static PayResponse Of(PurchaseView view)
    {
        var bytes = Convert.FromBase64String(view.Body!);
        // Zero bytes are valid UTF-8, and no text.
        var isText = Utf8.IsValid(bytes) && !bytes.Contains((byte)0);
        return new PayResponse(
            view.Status!.Value, view.ContentType, isText ? System.Text.Encoding.UTF8.GetString(bytes) : null, isText ? null : view.Body,
            view.Payment is { } payment ? PaymentResponse.Of(payment) : null);
    }
}
