using System.Security.Cryptography;
using AgentMesh.Cli.Canary;

namespace AgentMesh.Cli.Tests.Canary;

/// <summary>Whose text it is.</summary>
public sealed class MarkerBookTests
{
    private static readonly CanaryAgent Alice = new("a", "alice", null);
    private static readonly CanaryAgent Bob = new("b", "bob", null);

    private readonly MarkerBook _book = new(RandomNumberGenerator.Create());

    [Fact]
    public void Marker_IsForeignToWhoeverItIsNotFor()
    {
        var marker = _book.New(Alice);
        Assert.Empty(_book.ForeignIn("{\"content\":\"" + marker + "\"}", Alice));
        Assert.Equal([marker], _book.ForeignIn("{\"content\":\"" + marker + "\"}", Bob));
        Assert.Equal([marker], _book.ForeignIn($"info: {marker}", null));
        Assert.Equal("a:alice", _book.ReadersOf(marker));
    }

    [Theory]
    [InlineData("{0}")]
    [InlineData("x{0}x")]
    [InlineData("data: {{\"c\":\"\\n{0}\\u0000\"}}\n\n")]
    [InlineData("/agent/x?q=%22{0}%22")]
    [InlineData("{0}{0}")]
    public void Marker_IsFound_WhereverItStands(string text) => Assert.NotEmpty(_book.ForeignIn(string.Format(null, text, _book.New(Alice)), Bob));

    [Fact]
    public void MailsMarker_IsForBoth()
    {
        var marker = _book.New(Alice, Bob);
        Assert.Empty(_book.ForeignIn(marker, Alice));
        Assert.Empty(_book.ForeignIn(marker, Bob));
        Assert.Equal("a:alice and b:bob", _book.ReadersOf(marker));
    }

    [Fact]
    public void NobodysMarker_IsForeignToAll_AndSoIsOneThatNobodyMade()
    {
        Assert.Single(_book.ForeignIn(_book.New(), Alice));
        var stranger = "cnry" + new string('a', 26);
        Assert.Equal([stranger], _book.ForeignIn(stranger, Alice));
        Assert.Equal("unknown", _book.ReadersOf(stranger));
        Assert.Empty(_book.ForeignIn("cnry is a word that is none of them", Alice));
    }

    [Fact]
    public void Markers_AreNowhereByChance() => Assert.Equal(1000, Enumerable.Range(0, 1000).Select(_ => _book.New(Alice)).Distinct().Count());
}
