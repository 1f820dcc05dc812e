using AgentMesh.Conformance.Targets;

namespace AgentMesh.Conformance.Daprd.State;

/// <summary>dapr: daprd/state/http. The state API of apps: keys, ETags, transactions, errors.</summary>
public sealed class Http(Meshes meshes)
{
    private const string Store = "/v1.0/state/statestore";

    [Theory]
    [OnEveryTarget]
    public async Task Value_ComesBack_WithItsETag(Target target)
    {
        var (app, key) = ((await meshes.SharedAsync(target)).App, NewKey());
        (await app.SendAsync("GET", $"{Store}/{key}")).Is(204, "");
        (await app.SendAsync("POST", Store, $$"""[{"key":"{{key}}","value":{"a":1} }]""")).Is(204, "");
        var first = await app.SendAsync("GET", $"{Store}/{key}");
        first.Is(200, """{"a":1}""");
        Assert.Equal("application/json", first.Header("Content-Type"));
        (await app.SendAsync("PUT", Store, $$"""[{"key":"{{key}}","value":2}]""")).Is(204);
        var second = await app.SendAsync("GET", $"{Store}/{key}");
        second.Is(200, "2");
        Assert.NotEqual(first.Header("ETag"), second.Header("ETag"));
    }

    [Theory]
    [OnEveryTarget]
    public async Task ETag_ThatIsOld_Is409_AndChangesNothing(Target target)
    {
        var (app, key) = ((await meshes.SharedAsync(target)).App, NewKey());
        (await app.SendAsync("POST", Store, $$"""[{"key":"{{key}}","value":1}]""")).Is(204);
        var old = (await app.SendAsync("GET", $"{Store}/{key}")).Header("ETag");
        (await app.SendAsync("POST", Store, $$"""[{"key":"{{key}}","value":2,"etag":"{{old}}"}]""")).Is(204);
        (await app.SendAsync("POST", Store, $$"""[{"key":"{{key}}","value":3,"etag":"{{old}}"}]""")).IsError(409, "ERR_STATE_SAVE");
        (await app.SendAsync("DELETE", $"{Store}/{key}", headers: ("If-Match", old!))).IsError(409, "ERR_STATE_DELETE");
        (await app.SendAsync("GET", $"{Store}/{key}")).Is(200, "2");
    }

    [Theory]
    [OnEveryTarget]
    public async Task ETag_ThatIsNone_Is400(Target target)
    {
        var (app, key) = ((await meshes.SharedAsync(target)).App, NewKey());
        (await app.SendAsync("POST", Store, $$"""[{"key":"{{key}}","value":1,"etag":"not-a-number"}]""")).IsError(400, "ERR_STATE_SAVE");
    }

    [Theory]
    [OnEveryTarget]
    public async Task FirstWrite_OfAKeyThatIsThere_IsRefused(Target target)
    {
        var (app, key) = ((await meshes.SharedAsync(target)).App, NewKey());
        var first = $$"""[{"key":"{{key}}","value":1,"options":{"concurrency":"first-write"} }]""";
        (await app.SendAsync("POST", Store, first)).Is(204);
        // Without an ETag the store does not call it a mismatch.
        (await app.SendAsync("POST", Store, first)).IsError(500, "ERR_STATE_SAVE", "failed to set key");
    }

    [Theory]
    [OnEveryTarget]
    public async Task Delete_IsDoneTwice(Target target)
    {
        var (app, key) = ((await meshes.SharedAsync(target)).App, NewKey());
        (await app.SendAsync("POST", Store, $$"""[{"key":"{{key}}","value":1}]""")).Is(204);
        (await app.SendAsync("DELETE", $"{Store}/{key}")).Is(204, "");
        (await app.SendAsync("DELETE", $"{Store}/{key}")).Is(204, "");
        (await app.SendAsync("GET", $"{Store}/{key}")).Is(204);
    }

    [Theory]
    [OnEveryTarget]
    public async Task Bulk_ReadsManyAtOnce(Target target)
    {
        var (app, key) = ((await meshes.SharedAsync(target)).App, NewKey());
        (await app.SendAsync("POST", Store, $$"""[{"key":"{{key}}1","value":1},{"key":"{{key}}2","value":"b"}]""")).Is(204);
        var answer = await app.SendAsync("POST", $"{Store}/bulk", $$"""{"keys":["{{key}}1","{{key}}2","{{key}}3"]}""");
        answer.Is(200);
        var items = answer.Json.EnumerateArray().ToDictionary(item => item.GetProperty("key").GetString()!);
        Assert.Equal(1, items[key + "1"].GetProperty("data").GetInt32());
        Assert.Equal("b", items[key + "2"].GetProperty("data").GetString());
        Assert.False(items[key + "3"].TryGetProperty("data", out _));
    }

    [Theory]
    [OnEveryTarget]
    public async Task Transaction_DoesAllItSays(Target target)
    {
        var (app, key) = ((await meshes.SharedAsync(target)).App, NewKey());
        (await app.SendAsync("POST", Store, $$"""[{"key":"{{key}}old","value":1}]""")).Is(204);
        (await app.SendAsync("POST", $"{Store}/transaction", $$"""
            {"operations":[{"operation":"upsert","request":{"key":"{{key}}new","value":2} },{"operation":"delete","request":{"key":"{{key}}old"} }]}
            """)).Is(204, "");
        (await app.SendAsync("GET", $"{Store}/{key}new")).Is(200, "2");
        (await app.SendAsync("GET", $"{Store}/{key}old")).Is(204);
    }

    [Theory]
    [OnEveryTarget]
    public async Task Transaction_WithAnOldETag(Target target)
    {
        var firstPartStays = new Expected<bool>(true, false, "a transaction is one: Redis' MULTI has no rollback");
        var (app, key) = ((await meshes.SharedAsync(target)).App, NewKey());
        (await app.SendAsync("POST", Store, $$"""[{"key":"{{key}}b","value":1},{"key":"{{key}}b","value":2}]""")).Is(204);
        var answer = await app.SendAsync("POST", $"{Store}/transaction", $$"""
            {"operations":[{"operation":"upsert","request":{"key":"{{key}}a","value":1} },{"operation":"upsert","request":{"key":"{{key}}b","value":3,"etag":"77"} }]}
            """);
        Assert.True(answer.Status is 409 or 500, answer.ToString());
        Assert.Equal(firstPartStays.Of(target) ? 200 : 204, (await app.SendAsync("GET", $"{Store}/{key}a")).Status);
    }

    [Theory]
    [OnEveryTarget]
    public async Task Ttl_IsTheStoresOwn(Target target)
    {
        var (app, key) = ((await meshes.SharedAsync(target)).App, NewKey());
        (await app.SendAsync("POST", Store, $$"""[{"key":"{{key}}","value":1,"metadata":{"ttlInSeconds":"1"} },{"key":"{{key}}stays","value":1}]""")).Is(204);
        (await app.SendAsync("GET", $"{Store}/{key}")).Is(200);
        var clock = app.Actor();
        (await clock.RemindAsync("clock", """{"dueTime":"1200ms"}""")).Is(204);
        await clock.Probe.NextAsync();
        (await app.SendAsync("GET", $"{Store}/{key}")).Is(204);
        (await app.SendAsync("GET", $"{Store}/{key}stays")).Is(200);
    }

    [Theory]
    [OnEveryTarget]
    public async Task Keys_AreTheAppsOwn_UnlessThePrefixIsTheStores(Target target)
    {
        var mesh = await meshes.SharedAsync(target);
        var key = NewKey();
        foreach (var store in (string[])["statestore", "shared"])
            (await mesh.App.SendAsync("POST", $"/v1.0/state/{store}", $$"""[{"key":"{{key}}","value":"mine"}]""")).Is(204);
        (await mesh.Peer.SendAsync("GET", $"/v1.0/state/statestore/{key}")).Is(204);
        (await mesh.Peer.SendAsync("GET", $"/v1.0/state/shared/{key}")).Is(200, "\"mine\"");
    }

    [Theory]
    [OnEveryTarget("POST", "/v1.0/state/nobodys", """[{"key":"k","value":1}]""", 400, "ERR_STATE_STORE_NOT_FOUND")]
    [OnEveryTarget("GET", "/v1.0/state/nobodys/k", null, 400, "ERR_STATE_STORE_NOT_FOUND")]
    [OnEveryTarget("POST", Store, "[{", 400, "ERR_MALFORMED_REQUEST")]
    [OnEveryTarget("POST", Store, """[{"key":"a||b","value":1}]""", 400, "ERR_MALFORMED_REQUEST")]
    public async Task Request_IsRefused(Target target, string method, string path, string? body, int status, string code) =>
        (await (await meshes.SharedAsync(target)).App.SendAsync(method, path, body)).IsError(status, code);

    private static string NewKey() => $"k{Guid.NewGuid():N}";
}
