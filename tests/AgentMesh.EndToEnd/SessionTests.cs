using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace AgentMesh.EndToEnd;

/// <summary>Sessions of one user over the real processes, on both stores.</summary>
[Collection(nameof(UntouchedMeshes))]
public sealed class SessionTests(UntouchedMeshes meshes)
{
    private const string User = "sessions-alice";

    [Theory]
    [InlineData(StoreKind.Embedded)]
    [InlineData(StoreKind.Redis)]
    public async Task Session_HasItsOwnHistory_UntilItIsDeleted(StoreKind kind)
    {
        LongForm.UnlessOn(kind, StoreKind.Embedded);
        var cancellationToken = TestContext.Current.CancellationToken;
        var mesh = await meshes.OnAsync(kind);
        using var client = new AgentClient(mesh.Ready.Gateway);
        await client.PostAsync(User, "hello");

        using var made = await client.Http.PostAsJsonAsync($"/agent/{User}/sessions", new { metadata = new { title = "Trip", price = 0.1234567891m } }, cancellationToken);
        Assert.Equal(HttpStatusCode.Created, made.StatusCode);
        var session = made.Headers.Location!.OriginalString;
        var id = session[(session.LastIndexOf('/') + 1)..];
        for (var number = 0; number < 20; number++)
        {
            using var posted = await client.Http.PostAsJsonAsync($"/agent/{User}/message", new { content = $"message {number}", sessionId = id }, cancellationToken);
            posted.EnsureSuccessStatusCode();
        }

        Assert.Equal(40, (await ReadAsync($"/agent/{User}/history?sessionId={id}")).GetProperty("messages").GetArrayLength());
        Assert.Equal(2, (await client.HistoryAsync(User)).Count);
        Assert.Equal(42, (await client.InfoAsync(User)).GetProperty("messageCount").GetInt64());
        using var patched = await client.Http.PatchAsJsonAsync(session, new { metadata = new { title = "Journey" } }, cancellationToken);
        Assert.Equal("""{"title":"Journey","price":0.1234567891}""", (await ReadAsync(session)).GetProperty("metadata").GetRawText());
        Assert.Equal(["default", id], (await ReadAsync($"/agent/{User}/sessions")).GetProperty("sessions").EnumerateArray().Select(item => item.GetProperty("id").GetString()!));

        using var deleted = await client.Http.DeleteAsync(session, cancellationToken);
        Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
        using var gone = await client.Http.GetAsync($"/agent/{User}/history?sessionId={id}", cancellationToken);
        Assert.Equal(HttpStatusCode.NotFound, gone.StatusCode);
        Assert.Equal(2, (await client.InfoAsync(User)).GetProperty("messageCount").GetInt64());

        Task<JsonElement> ReadAsync(string path) => client.Http.GetFromJsonAsync<JsonElement>(path, cancellationToken);
    }
}
