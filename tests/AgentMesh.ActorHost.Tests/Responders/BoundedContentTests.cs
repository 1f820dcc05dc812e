using AgentMesh.ActorHost.Responders;

namespace AgentMesh.ActorHost.Tests.Responders;

public sealed class BoundedContentTests
{
    [Theory]
    [InlineData(9, true)]
    [InlineData(10, true)]
    [InlineData(11, false)]
    public async Task Body_EndsAtItsBound(int bytes, bool isWhole)
    {
        using var inner = new ByteArrayContent(new byte[bytes]);
        using var bounded = await BoundedContent.CreateAsync(inner, 10, TestContext.Current.CancellationToken);
        await using var body = await bounded.ReadAsStreamAsync(TestContext.Current.CancellationToken);
        var reading = body.CopyToAsync(Stream.Null, TestContext.Current.CancellationToken);
        if (isWhole)
            await reading;
        else
            Assert.Equal(ResponderFailures.ModelRejected, (await Assert.ThrowsAsync<ResponderFailedException>(() => reading)).Code);
    }
}
