using System.Text;

namespace AgentMesh.Primitives.Tests;

public sealed class Base32Tests
{
    /// <summary>RFC 4648, section 10, in lower case and without padding: https://www.rfc-editor.org/rfc/rfc4648#section-10.</summary>
    [Theory]
    [InlineData("", "")]
    [InlineData("f", "my")]
    [InlineData("fo", "mzxq")]
    [InlineData("foo", "mzxw6")]
    [InlineData("foob", "mzxw6yq")]
    [InlineData("fooba", "mzxw6ytb")]
    [InlineData("foobar", "mzxw6ytboi")]
    public void Text_IsThatOfTheRfc(string bytes, string text)
    {
        Assert.Equal(text, Base32.Encode(Encoding.ASCII.GetBytes(bytes)));
        var read = new byte[bytes.Length];
        Assert.True(Base32.TryDecode(text, read));
        Assert.Equal(bytes, Encoding.ASCII.GetString(read));
    }

    /// <summary>The last character of 1 byte has 2 bits of padding, of 2 bytes 4, of 3 bytes 1, of 4 bytes 3.</summary>
    [Theory]
    [InlineData("aa", 1, true)]
    [InlineData("ab", 1, false)]
    [InlineData("ac", 1, false)]
    [InlineData("ae", 1, true)]
    [InlineData("aaai", 2, false)]
    [InlineData("aaaq", 2, true)]
    [InlineData("aaaab", 3, false)]
    [InlineData("aaaac", 3, true)]
    [InlineData("aaaaaae", 4, false)]
    [InlineData("aaaaaai", 4, true)]
    [InlineData("a77777777", 5, false)]
    [InlineData("7777777", 5, false)]
    [InlineData("77777777", 5, true)]
    [InlineData("7777777A", 5, false)]
    [InlineData("77777771", 5, false)]
    [InlineData("7777777=", 5, false)]
    [InlineData("7777777é", 5, false)]
    public void Bytes_HaveOneText(string text, int bytes, bool valid)
    {
        var read = new byte[bytes];
        Assert.Equal(valid, Base32.TryDecode(text, read));
        if (valid)
            Assert.Equal(text, Base32.Encode(read));
    }
}
