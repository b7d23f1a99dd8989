// The names of a signer: everything in a certificate that may be the name of who has made a plan, wherever and however it is written there.

using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using EsimTools.Plans;

namespace EsimTools.Client.Tests.Plans;

public class ApproverNamesTests
{
    private const string CommonName = "2.5.4.3";
    private const string Organization = "2.5.4.10";
    private const string UserPrincipalName = "1.3.6.1.4.1.311.20.2.3";

    [Theory]
    [InlineData("2.5.4.3")]
    [InlineData("2.5.4.5")]
    [InlineData("2.5.4.41")]
    [InlineData("2.5.4.65")]
    [InlineData("0.9.2342.19200300.100.1.1")]
    [InlineData("0.9.2342.19200300.100.1.3")]
    [InlineData("1.2.840.113549.1.9.1")]
    [InlineData(UserPrincipalName)]
    public void A_name_is_one_in_whichever_part_of_whichever_set_it_stands(string kind)
    {
        AssertNames("ada, somebody", Of([(CommonName, "somebody"), (kind, "ada")]));
        AssertNames("ada, somebody", Of([(kind, "ada"), (CommonName, "somebody")], [(Organization, "x")]));
        AssertNames("ada, somebody", Of([(Organization, "x")], [(Organization, "y"), (kind, "ada")], [(CommonName, "somebody")]));
    }

    [Fact]
    public void An_organization_is_the_name_of_nobody() => AssertNames("somebody", Of([(CommonName, "somebody"), (Organization, "x"), ("2.5.4.11", "y"), ("2.5.4.6", "FR")]));

    [Theory]
    [InlineData(UniversalTagNumber.UTF8String)]
    [InlineData(UniversalTagNumber.BMPString)]
    [InlineData(UniversalTagNumber.T61String)]
    public void Each_form_of_a_text_is_read(UniversalTagNumber form) => AssertNames("Ädä", Of(form, null, [(CommonName, "Ädä")]));

    [Fact]
    public void Sets_that_were_written_into_one_value_are_names_too() => AssertNames("ada, b@x, somebody, somebody+UID=ada + o=x+E = b@x", Of([(CommonName, "somebody+UID=ada + o=x+E = b@x")]));

    [Fact]
    public void Each_name_beside_the_subject_is_one()
    {
        var names = new AsnWriter(AsnEncodingRules.DER);
        names.PushSequence();
        names.WriteCharacterString(UniversalTagNumber.IA5String, "one@x", new(TagClass.ContextSpecific, 1));
        names.WriteCharacterString(UniversalTagNumber.IA5String, "two@x", new(TagClass.ContextSpecific, 1));
        names.WriteCharacterString(UniversalTagNumber.IA5String, "host.x", new(TagClass.ContextSpecific, 2));
        names.WriteCharacterString(UniversalTagNumber.IA5String, "https://uri.x", new(TagClass.ContextSpecific, 6));
        names.WriteOctetString([10, 0, 0, 1], new(TagClass.ContextSpecific, 7));
        foreach (var (kind, text) in ((string, string)[])[(UserPrincipalName, "three@x"), (UserPrincipalName, "four@x"), ("1.3.6.1.5.5.7.8.9", "fünf@x"), ("1.2.3.4", "none")])
        {
            names.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 0));
            names.WriteObjectIdentifier(kind);
            names.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 0));
            names.WriteCharacterString(UniversalTagNumber.UTF8String, text);
            names.PopSequence(new Asn1Tag(TagClass.ContextSpecific, 0));
            names.PopSequence(new Asn1Tag(TagClass.ContextSpecific, 0));
        }

        names.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 4));
        names.WriteEncodedValue(Name(UniversalTagNumber.UTF8String, [(Organization, "x"), (CommonName, "six")]));
        names.PopSequence(new Asn1Tag(TagClass.ContextSpecific, 4));
        names.PopSequence();

        AssertNames("four@x, fünf@x, host.x, one@x, six, somebody, three@x, two@x", Of(UniversalTagNumber.UTF8String, names.Encode(), [(CommonName, "somebody")]));
    }

    // A length of more than there is, none, one without an end, a tag of several bytes, an other name of one part, an e-mail address in parts.
    [Theory]
    [InlineData("30058103414243FF")]
    [InlineData("3003810541")]
    [InlineData("30")]
    [InlineData("308000")]
    [InlineData("30043F010000")]
    [InlineData("3005A003060155")]
    [InlineData("3005A103160141")]
    [InlineData("300681048101")]
    public void What_cannot_be_read_has_no_names_that_anybody_could_rely_on(string alternatives) =>
        Assert.Null(ApproverNames.In(Of(UniversalTagNumber.UTF8String, Convert.FromHexString(alternatives), [(CommonName, "somebody")])));

    private static void AssertNames(string names, X509Certificate2 certificate)
    {
        using (certificate)
        {
            Assert.Equal(names, string.Join(", ", ApproverNames.In(certificate)!.Order(StringComparer.Ordinal)));
        }
    }

    private static X509Certificate2 Of(params (string Kind, string Text)[][] sets) => Of(UniversalTagNumber.UTF8String, null, sets);

    private static X509Certificate2 Of(UniversalTagNumber form, byte[]? alternatives, params (string Kind, string Text)[][] sets)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(new X500DistinguishedName(Name(form, sets)), key, HashAlgorithmName.SHA256);
        if (alternatives is not null)
        {
            request.CertificateExtensions.Add(new X509Extension("2.5.29.17", alternatives, critical: false));
        }

        return request.CreateSelfSigned(ManualClock.Start.AddMonths(-6), ManualClock.Start.AddMonths(6));
    }

    // In the order as given, which DER would have by the bytes.
    private static byte[] Name(UniversalTagNumber form, params (string Kind, string Text)[][] sets)
    {
        var name = new AsnWriter(AsnEncodingRules.BER);
        name.PushSequence();
        foreach (var set in sets)
        {
            name.PushSetOf();
            foreach (var (kind, text) in set)
            {
                name.PushSequence();
                name.WriteObjectIdentifier(kind);
                if (form == UniversalTagNumber.T61String)
                {
                    name.WriteEncodedValue((byte[])[(byte)form, (byte)text.Length, .. Encoding.Latin1.GetBytes(text)]);
                }
                else
                {
                    name.WriteCharacterString(form, text);
                }

                name.PopSequence();
            }

            name.PopSetOf();
        }

        name.PopSequence();
        return name.Encode();
    }
}
