using AgentMesh.Agents.Sessions;
using CsCheck;

namespace AgentMesh.Agents.Tests.Sessions;

public sealed class SessionIdTests
{
    [Fact]
    public void Id_IsBase32_OfRfc4648() => Assert.Equal("aaaqeayeaudaocajbifqydiob4", SessionId.Encode([.. Enumerable.Range(0, 16).Select(n => (byte)n)]));

    [Fact]
    public void EveryId_ComesBack() => Gen.Byte.Array[16].Sample(id =>
    {
        var text = SessionId.Encode(id);
        Assert.True(SessionId.IsWellFormed(text));
        Assert.Matches("^[a-z0-9]{26}$", text);
        Assert.Equal(id, SessionId.Decode(text));
    });

    [Fact]
    public void SameRequest_SameId() => Assert.Equal(SessionId.Of("r1", null), SessionId.Of("r1", null));

    [Fact]
    public void Key_CountsAlone_AndIsNoRequestId()
    {
        Assert.Equal(SessionId.Of("r1", "k"), SessionId.Of("r2", "k"));
        Assert.NotEqual(SessionId.Of("k", null), SessionId.Of("r1", "k"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("default")]
    [InlineData("aaaqeayeaudaocajbifqydiob")]
    [InlineData("aaaqeayeaudaocajbifqydiob4a")]
    [InlineData("AAAQEAYEAUDAOCAJBIFQYDIOB4")]
    [InlineData("0aaqeayeaudaocajbifqydiob4")]
    [InlineData("aaaqeayeaudaocajbifqydio:4")]
    public void OtherTexts_AreNoIds(string text) => Assert.False(SessionId.IsWellFormed(text));
}
