using System.Text;
using System.Text.Json;

namespace AgentMesh.Conformance.Apps;

/// <summary>What a sidecar answered.</summary>
/// <param name="Status">The status.</param>
/// <param name="Headers">Several values of one name are joined.</param>
/// <param name="Bytes">All of the body.</param>
public sealed record Answer(int Status, IReadOnlyDictionary<string, string> Headers, byte[] Bytes)
{
    public string Body => Encoding.UTF8.GetString(Bytes);

    public string? Header(string name) => Headers.GetValueOrDefault(name);

    /// <summary>Dapr's <c>errorCode</c>; empty when the body is no error of Dapr's.</summary>
    public string ErrorCode => Member("errorCode");

    /// <summary>Dapr's <c>message</c>.</summary>
    public string Message => Member("message");

    public JsonElement Json => JsonDocument.Parse(Bytes).RootElement;

    /// <summary>Fails with the whole answer in the text.</summary>
    public void Is(int status, string? body = null)
    {
        Assert.True(Status == status, $"expected {status}: {this}");
        if (body is not null)
            Assert.Equal(body, Body);
    }

    /// <summary>The body as JSON: the order of members is nobody's promise.</summary>
    public void IsJson(int status, string json)
    {
        Is(status);
        Assert.True(JsonElement.DeepEquals(JsonDocument.Parse(json).RootElement, Json), $"expected {json}: {this}");
    }

    public void IsError(int status, string code, string inMessage = "")
    {
        Assert.True(Status == status && ErrorCode == code && Message.Contains(inMessage, StringComparison.Ordinal), $"expected {status} {code} …{inMessage}…: {this}");
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Status} {Body}";

    internal static async Task<Answer> ReadAsync(HttpResponseMessage response) => new(
        (int)response.StatusCode,
        response.Headers.Concat(response.Content.Headers).ToDictionary(header => header.Key, header => string.Join(',', header.Value), StringComparer.OrdinalIgnoreCase),
        await response.Content.ReadAsByteArrayAsync());

    private string Member(string name)
    {
        try
        {
            return Json.ValueKind == JsonValueKind.Object && Json.TryGetProperty(name, out var value) ? value.ToString() : "";
        }
        catch (JsonException)
        {
            return "";
        }
    }
}
